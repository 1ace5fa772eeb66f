"""PostgreSQL's configuration parameters of the servers that are started here."""

from __future__ import annotations

COMMON_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "cluster_name": "limbeck",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "jit": "off",
    "huge_pages": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}
THROW_AWAY_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "128MB",  # it may be in memory
    "min_wal_size": "32MB",
}
# For a server that many processes share, each with connections of its own.
SHARED_SETTINGS = {"max_connections": "400"}

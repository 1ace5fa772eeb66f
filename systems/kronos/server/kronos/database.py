"""A connection that is fit for migrations, and the lock that keeps two of them apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from kronos.address import describe
from kronos.errors import ConfigurationError, UnreachableError, reason, sqlstate

OLDEST_SERVER = 13  # the first PostgreSQL with gen_random_uuid() in its core
CONNECT_TIMEOUT = 10  # seconds; an address may say otherwise with ?connect_timeout=
LOCK_TIMEOUT = 30  # seconds; for the lock below, and for each lock a migration takes on a table
LOCK_KEY = int.from_bytes(b"kronos")
LOCK_NOT_AVAILABLE = "55P03"


@contextmanager
def connect(url: URL) -> Iterator[Connection]:
    """A connection outside any transaction, closed at the end.

    UnreachableError when there is none to be had; ConfigurationError when the server is too old.
    """
    timeout = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_TIMEOUT}
    engine = create_engine(url, poolclass=NullPool, connect_args=timeout, hide_parameters=True)
    try:
        connection = engine.connect()
    except DBAPIError as error:
        # Not chained: a driver's exception may hold the address it was given.
        raise UnreachableError(f"cannot connect to {describe(url)}: {reason(error)}") from None
    with connection:
        version = connection.dialect.server_version_info
        if version is None or int(version[0]) < OLDEST_SERVER:
            found = "unknown" if version is None else ".".join(map(str, version))
            raise ConfigurationError(
                f"the server is too old: PostgreSQL {found}, and gen_random_uuid() needs {OLDEST_SERVER} or newer"
            )
        yield connection


def take_migration_lock(connection: Connection) -> None:
    """Wait until this transaction is the only one that migrates this database.

    Several servers that start at once then migrate one after the other: the first does the work, the others find
    it done. The lock goes with the transaction. UnreachableError after LOCK_TIMEOUT seconds.
    """
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}s'"))
    try:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
    except DBAPIError as error:
        if sqlstate(error) != LOCK_NOT_AVAILABLE:
            raise
        raise UnreachableError(
            f"another migration has held this database for {LOCK_TIMEOUT} seconds", hint="try again when it is done"
        ) from None

"""The rows of a version table, by the shortest way to the database."""

from __future__ import annotations

import os
import re
from urllib.parse import unquote, urlsplit

from limbeck.model.errors import TargetUnavailable
from limbeck.model.secrets import masked, secrets_of

_UNDEFINED_TABLE = "42P01"
# Query options of an address that libpq knows by the same name and meaning; with any other the short way is not taken.
_LIBPQ_OPTIONS = frozenset(
    (
        *("host", "port", "dbname", "user", "password", "service", "passfile", "options", "connect_timeout"),
        *("sslmode", "sslcert", "sslkey", "sslrootcert", "channel_binding", "gssencmode"),
        *("application_name", "target_session_attrs", "keepalives"),
    )
)


def read_version_rows(address: str, folder: str, table: str, schema: str | None) -> tuple[str, ...] | None:
    """The version table's rows, sorted; empty when there is no such table.

    Args:
        address: SQLAlchemy's form of an address.
        folder: what a relative path in it starts from.
        table: name of the version table.
        schema: its schema; None for the connection's default.

    Returns:
        None when this address wants the long way, through SQLAlchemy and the project's driver.

    Raises:
        TargetUnavailable: the database does not answer, or refuses to show the table.
    """
    scheme = address.partition("://")[0].partition("+")[0]
    if scheme == "sqlite" and schema is None:
        return _sqlite_rows(address, folder, table)
    if scheme in ("postgresql", "postgres"):
        return _postgresql_rows(address, table, schema)
    return None


def _sqlite_rows(address: str, folder: str, table: str) -> tuple[str, ...] | None:
    path = address.partition("://")[2]
    if not path.startswith("/") or "?" in path or path[1:] in ("", ":memory:") or path.startswith("/file:"):
        return None
    import sqlite3

    place = os.path.join(folder, path[1:])
    if not os.path.exists(place):
        return ()
    try:
        connection = sqlite3.connect(f"file:{_quoted_path(place)}?mode=ro", uri=True)
        try:
            known = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
            ).fetchone()
            if known is None:
                return ()
            rows = connection.execute(f"SELECT version_num FROM {_quoted(table)}").fetchall()
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        return None  # locked, or no database at all: SQLAlchemy's way has the same answer and says it better
    return tuple(sorted(row[0] for row in rows))


def _postgresql_rows(address: str, table: str, schema: str | None) -> tuple[str, ...] | None:
    conninfo = libpq_uri(address)
    if conninfo is None:
        return None
    from limbeck.database.libpq import DatabaseRefused, find_libpq, query

    library = find_libpq()
    if library is None:
        return None
    name = _quoted(table) if schema is None else f"{_quoted(schema)}.{_quoted(table)}"
    try:
        return tuple(sorted(query(library, conninfo, f"SELECT version_num FROM {name}")))
    except TargetUnavailable as unavailable:
        raise TargetUnavailable(masked(unavailable.message, secrets_of(address)), hint=unavailable.hint) from None
    except DatabaseRefused as refused:
        if refused.sqlstate == _UNDEFINED_TABLE:
            return ()
        raise TargetUnavailable(f"the database refuses to show its version table: {refused}") from refused


def libpq_uri(address: str) -> str | None:
    """The address as libpq takes it; None when the two would not mean the same."""
    try:
        parts = urlsplit(address)
    except ValueError:  # a bracket outside an IPv6 address: SQLAlchemy takes it for part of a password
        return None
    if parts.netloc.count("@") > 1 or re.search("%(?![0-9A-Fa-f]{2})|%00", address):
        return None
    options = [option.partition("=")[0] for option in parts.query.split("&") if option]
    if len(set(options)) != len(options) or not _LIBPQ_OPTIONS.issuperset(options) or "+" in parts.query:
        return None
    if "," in parts.netloc or unquote(parts.path).count("/") > 1:
        return None
    return f"postgresql://{address.partition('://')[2]}"


def readable_address(address: str) -> str:
    """The address without its password, wherever in it the password stands."""
    scheme, separator, rest = address.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    if ":" in user:
        user = f"{user.partition(':')[0]}:***"
    place, mark, query = path.partition("?")
    options = [f"{name}=***" if "pass" in name.lower() else f"{name}={value}" for name, _, value in _options(query)]
    return f"{scheme}{separator}{user}{at}{host}{slash}{place}{mark}{'&'.join(options)}"


def _options(query: str) -> list[tuple[str, str, str]]:
    return [option.partition("=") for option in query.split("&") if option]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted_path(path: str) -> str:
    from urllib.parse import quote

    return quote(path)

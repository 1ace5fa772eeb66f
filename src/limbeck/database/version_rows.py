"""The rows of a version table, and what the journal beside it knows, by the shortest way to the database."""

from __future__ import annotations

import os
import re
from urllib.parse import unquote, urlsplit

from limbeck.model.errors import TargetUnavailable
from limbeck.model.secrets import masked, secrets_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from limbeck.database.libpq import Connection
    from limbeck.model.standing import LastStep

    Found = tuple[tuple[str, ...], tuple[LastStep, ...]]

_UNDEFINED_TABLE, _UNDEFINED_COLUMN = "42P01", "42703"
# Query options of an address that libpq knows by the same name and meaning; with any other the short way is not taken.
_LIBPQ_OPTIONS = frozenset(
    (
        *("host", "port", "dbname", "user", "password", "service", "passfile", "options", "connect_timeout"),
        *("sslmode", "sslcert", "sslkey", "sslrootcert", "channel_binding", "gssencmode"),
        *("application_name", "target_session_attrs", "keepalives"),
    )
)


def read_version_rows(
    address: str, folder: str, table: str, schema: str | None, *, journal: str | None = None
) -> Found | None:
    """The version table's rows, sorted, and of each revision the last time that it ran, as the journal knows it.

    Args:
        address: SQLAlchemy's form of an address.
        folder: what a relative path in it starts from.
        table: name of the version table.
        schema: its schema; None for the connection's default.
        journal: name of the journal's table; None leaves the journal alone.

    Returns:
        both, empty when there is no such table; None when this address wants the long way, through SQLAlchemy and the
        project's driver.

    Raises:
        TargetUnavailable: the database does not answer, or refuses to show the table.
    """
    scheme = address.partition("://")[0].partition("+")[0]
    if scheme == "sqlite" and schema is None:
        return _sqlite_rows(address, folder, table, journal)
    if scheme in ("postgresql", "postgres"):
        return _postgresql_rows(address, table, schema, journal)
    return None


def _sqlite_rows(address: str, folder: str, table: str, journal: str | None) -> Found | None:
    path = address.partition("://")[2]
    if not path.startswith("/") or "?" in path or path[1:] in ("", ":memory:") or path.startswith("/file:"):
        return None
    import sqlite3

    place = os.path.join(folder, path[1:])
    if not os.path.exists(place):
        return (), ()
    try:
        connection = sqlite3.connect(f"file:{_quoted_path(place)}?mode=ro", uri=True)
        try:
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN (?, ?)", (table, journal)
            ).fetchall()
            if (table,) not in names:
                return (), ()
            rows = connection.execute(f"SELECT version_num FROM {_quoted(table)}").fetchall()
            steps = []
            if journal is not None and (journal,) in names:
                steps = connection.execute(_last_steps(_quoted(journal), table, 'substr("at", 1, 19)')).fetchall()
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        return None  # locked, or no database at all: SQLAlchemy's way has the same answer and says it better
    return tuple(sorted(row[0] for row in rows)), _steps((*row[:4], bool(row[4])) for row in steps)


def _postgresql_rows(address: str, table: str, schema: str | None, journal: str | None) -> Found | None:
    conninfo = libpq_uri(address)
    if conninfo is None:
        return None
    from limbeck.database.libpq import Connection, DatabaseRefused, find_libpq

    library = find_libpq()
    if library is None:
        return None
    prefix = "" if schema is None else f"{_quoted(schema)}."
    try:
        with Connection(library, conninfo) as connection:
            rows = connection.query(f"SELECT version_num FROM {prefix}{_quoted(table)}")
            steps = _postgresql_steps(connection, prefix, table, journal) if journal is not None else ()
    except TargetUnavailable as unavailable:
        raise TargetUnavailable(masked(unavailable.message, secrets_of(address)), hint=unavailable.hint) from None
    except DatabaseRefused as refused:
        if refused.sqlstate == _UNDEFINED_TABLE:
            return (), ()
        raise TargetUnavailable(f"the database refuses to show its version table: {refused}") from refused
    return None if steps is None else (tuple(sorted(row[0] for row in rows)), steps)


def _postgresql_steps(connection: Connection, prefix: str, table: str, journal: str) -> tuple[LastStep, ...] | None:
    """What the journal knows; None when it may not be read, so that the long way has to say so."""
    from limbeck.database.libpq import DatabaseRefused

    own, beside = (f"to_regclass({_literal(prefix + _quoted(name))})" for name in (journal, table))
    # The one in the version table's own schema, not one that the search path has elsewhere.
    same_schema = f"""
        AND (SELECT relnamespace FROM pg_class WHERE oid = {own})
          = (SELECT relnamespace FROM pg_class WHERE oid = {beside})"""
    moment = "to_char(\"at\" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
    try:
        query = _last_steps(prefix + _quoted(journal), table, moment) + same_schema
        # In one value: to fetch each by itself takes longer than the query.
        values = " || chr(31) || ".join(("revision", "direction", "fingerprint", "moment", "stamped_since::text"))
        told = connection.query(f"SELECT string_agg({values}, chr(30)) FROM ({query}) AS steps")[0][0]
    except DatabaseRefused as refused:
        return () if refused.sqlstate in (_UNDEFINED_TABLE, _UNDEFINED_COLUMN) else None
    rows = [tuple(row.split("\x1f")) for row in told.split("\x1e") if row]
    return _steps((*row[:4], row[4] == "true") for row in rows)


def _steps(rows: Iterable[tuple[Any, ...]]) -> tuple[LastStep, ...]:
    from limbeck.model.standing import LastStep

    return tuple(LastStep(*row) for row in rows)


def _last_steps(journal: str, table: str, moment: str) -> str:
    """Of each revision the last time that it ran to its end; the same as `limbeck.run.journal.reader` asks for."""
    own = f"version_table = {_literal(table)}"
    return f"""
        SELECT revision, direction, coalesce(fingerprint, '') AS fingerprint, {moment} AS moment,
               id < coalesce((SELECT max(id) FROM {journal} WHERE event = 'stamped' AND {own}), 0) AS stamped_since
        FROM {journal}
        WHERE id IN (SELECT max(id) FROM {journal} WHERE event = 'step done' AND {own} GROUP BY revision)"""


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


def _literal(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _quoted_path(path: str) -> str:
    from urllib.parse import quote

    return quote(path)

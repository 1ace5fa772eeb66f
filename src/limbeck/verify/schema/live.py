"""The schema of a database that is in use: read in one transaction that can write nothing, and in bounded time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from limbeck.database.catalogue import Catalogue, snapshot
from limbeck.environment.failure import one_line
from limbeck.environment.second_connection import SecondConnection
from limbeck.lint.rehearse.asking import execute, rows_of
from limbeck.model.errors import TargetUnavailable

if TYPE_CHECKING:
    from limbeck.environment.reached import Reached

_BEGIN = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_OWN_PATH = '"$user", public'
_LOCK_SECONDS = 2  # views are locked, in the mode of a SELECT, to be read
_STATEMENT_SECONDS = 60


def live_catalogue(reached: Reached, journal: str) -> Catalogue:
    """Everything in a database but its version table and its journal, while `env.py` has a connection open to it.

    Args:
        journal: name of the journal's table.

    Raises:
        TargetUnavailable: it could not be read in time.
    """
    connection = reached.context.connection
    assert connection is not None
    second = SecondConnection(connection)
    try:
        return catalogue_on(second, (reached.state.version_table, journal))
    except DBAPIError as error:
        raise TargetUnavailable(
            f"the schema cannot be read: {one_line(error)}", hint="type the same command again"
        ) from error
    finally:
        second.close()


def schemas_looked_into(reached: Reached) -> tuple[str, ...]:
    """The schemas of a search path that `env.py` has set; none where it is PostgreSQL's own."""
    path = reached.search_path
    if path is None or path == _OWN_PATH:
        return ()
    names = (name.strip().strip('"') for name in path.split(","))
    return tuple(name for name in names if name and name != "$user")


def catalogue_on(second: SecondConnection, without: tuple[str, ...]) -> Catalogue:
    """The catalogue, without some tables, on a connection that is in no transaction.

    Raises:
        DBAPIError: it could not be read in time.
    """
    connection = second.connection

    def read() -> Catalogue:
        return snapshot(lambda sql: rows_of(connection, sql), dialect=second.dialect, without=without)

    if second.dialect != "postgresql":
        second.limit_waits(_LOCK_SECONDS)
        return read()
    execute(connection, _BEGIN)
    try:
        execute(connection, f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
        execute(connection, f"SET LOCAL statement_timeout = '{_STATEMENT_SECONDS}s'")
        return read()
    finally:
        execute(connection, "ROLLBACK")

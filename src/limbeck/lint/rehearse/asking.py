"""SQL text given to the driver of a connection as it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from limbeck.database.catalogue.postgresql.planned import Planned
from limbeck.lint.rehearse.conversation import Conversation

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_PERCENT = ("format", "pyformat")  # drivers to which a percent sign means a parameter
_AS_IT_IS = frozenset(["psycopg", "psycopg2", "psycopg_async", "asyncpg"])  # without parameters, they change no text
_SESSION = "limbeck_session"
_ENUMS = """
SELECT n.nspname, t.typname FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e'
"""


def rows_of(connection: Connection, sql: str) -> Sequence[tuple[Any, ...]]:
    """The rows of a query; none of a statement that gives none.

    Within a transaction that SQLAlchemy knows of, or under autocommit, it has nothing to add to what a driver does, and
    its part is the greater one of a short query's time.
    """
    if connection.in_transaction() and connection.dialect.driver in _AS_IT_IS:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description is not None else []
        finally:
            cursor.close()
    text = sql.replace("%", "%%") if connection.dialect.paramstyle in _PERCENT else sql
    result = connection.exec_driver_sql(text)
    return [tuple(row) for row in result] if result.returns_rows else []


def execute(connection: Connection, sql: str) -> None:
    """Execute a statement for what it does."""
    rows_of(connection, sql)


def enums_there(connection: Connection) -> list[tuple[str, str]]:
    """Schema and name of each enum that there is."""
    return [(str(schema), str(name)) for schema, name in rows_of(connection, _ENUMS)]


def session_of(connection: Connection) -> Planned:
    """The session of a connection, whose plans last as long as this connection."""
    kept = connection.info.get(_SESSION)
    if kept is not None and kept[0] is connection:
        session: Planned = kept[1]
        return session
    driver = connection.connection.driver_connection
    if driver is not None and hasattr(driver, "prepare_threshold"):
        # With statements that psycopg has prepared by itself, it takes ours away whenever something is dropped.
        driver.prepare_threshold = None
    session = Planned(partial(rows_of, connection), Conversation(connection))
    session.plan_for_any_arguments()
    connection.info[_SESSION] = connection, session
    return session

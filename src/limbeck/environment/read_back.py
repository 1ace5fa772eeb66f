"""What was committed, as another connection sees it, whatever the run believes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from limbeck.environment.created import oids, seeing, sorts_of, words_of_missing
from limbeck.environment.second_connection import lives_in_its_connection
from limbeck.model.record import NamedTuple
from limbeck.sql.creations import Sort

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

    from limbeck.environment.created import CreatedThings, Expected
    from limbeck.environment.in_flight import Reply
    from limbeck.environment.reached import Reached
    from limbeck.environment.second_connection import SecondConnection

_VERSION = "version"


class Seen(NamedTuple):
    """What another connection sees.

    Attributes:
        rows: of the version table, sorted.
        missing: what was created and is not there, in words.
    """

    rows: tuple[str, ...]
    missing: list[str]


class ReadBack:
    """Asks the second connection, each time that a transaction has ended, where the database is and what it holds."""

    def __init__(self, second: SecondConnection, context: MigrationContext, created: CreatedThings | None) -> None:
        """Ask nothing yet.

        Args:
            created: what must be there; None where nobody can tell.
        """
        self._second = second
        self._context = context
        self._created = created
        self._expected: Expected | None = None  # of what was asked; None when nothing was
        self._reply: Reply | None = None
        postgresql = second.dialect == "postgresql" and not second.translates
        self._version_rows = _version_rows(context) if postgresql else None

    def ask(self) -> None:
        """Ask, and let the run go on meanwhile, where the driver can."""
        self._expected = expected = self._created.committed() if self._created is not None else {}
        self._reply = None
        if self._version_rows is not None:
            sorts = sorts_of(expected)
            queries = [self._version_rows, *(seeing(sort, f"${place}") for place, sort in enumerate(sorts, 1))]
            self._reply = self._second.send(" UNION ALL ".join(queries), oids(expected))

    def answer(self) -> Seen:
        """What it sees, of what was asked last.

        Raises:
            DBAPIError: the connection is lost, among others.
        """
        if self._expected is None:
            self.ask()
        reply, expected = self._reply, self._expected or {}
        found = self._second.answered(reply).rows if reply is not None else None
        if found is None:  # it cannot be sent so, or has failed: in the ordinary way it waits, or tells why
            missing = self._created.missing(expected) if self._created is not None else []
            seen = Seen(rows_seen_by(self._second, self._context), missing)
        else:
            rows = sorted(str(value) for what, value in found if what == _VERSION)
            there = {(Sort(str(what)), int(str(oid))) for what, oid in found if what != _VERSION}
            seen = Seen(tuple(rows), words_of_missing(expected, there))
        self._expected = None
        return seen


def _version_rows(context: MigrationContext) -> str:
    """The query of the version table, as libpq takes it."""
    table, preparer = context._version, context.dialect.identifier_preparer
    query = f"SELECT '{_VERSION}', CAST({preparer.quote('version_num')} AS text) FROM {preparer.format_table(table)}"  # noqa: S608 - quoted
    return query.replace("%%", "%")  # which psycopg would do


def rows_seen_by(second: SecondConnection, context: MigrationContext) -> tuple[str, ...]:
    """The rows of the version table, sorted, as the second connection sees them; none without the table, since
    what had made it was rolled back.
    """
    table = context._version
    try:
        return tuple(sorted(str(row[0]) for row in second.rows(select(table.c.version_num))))
    except DBAPIError:
        if second.has_table(table.name, table.schema):
            raise
        return ()


def rows_on_another_connection(reached: Reached) -> tuple[str, ...] | None:
    """The rows of the version table, sorted; None when no second connection can be had.

    None is the answer for a database that lives in one connection only (SQLite in memory), and for a server that
    has gone.
    """
    connection = reached.context.connection
    if connection is None or lives_in_its_connection(connection):
        return None
    engine = connection.engine
    try:
        if engine.dialect.is_async:
            return asyncio.run(_rows_async(engine, reached))
        with engine.connect() as another:
            return _rows(another, reached)
    except (SQLAlchemyError, OSError):
        return None


def _rows(connection: Connection, reached: Reached) -> tuple[str, ...]:
    if reached.search_path is not None:
        connection.execute(text("SELECT set_config('search_path', :path, false)"), {"path": reached.search_path})
    assert reached.context.connection is not None
    translated = reached.context.connection.get_execution_options().get("schema_translate_map")
    if translated:
        connection = connection.execution_options(schema_translate_map=translated)
    opts = {
        "version_table": reached.state.version_table,
        "version_table_schema": reached.state.version_table_schema,
    }
    return tuple(sorted(MigrationContext.configure(connection, opts=opts).get_current_heads()))


async def _rows_async(engine: Engine, reached: Reached) -> tuple[str, ...]:
    from sqlalchemy.ext.asyncio import AsyncEngine

    # Connections in the pool belong to the event loop that env.py ran, which has ended.
    engine.dispose(close=False)
    another = AsyncEngine(engine)
    try:
        async with another.connect() as connection:
            return await connection.run_sync(_rows, reached)
    finally:
        await another.dispose()

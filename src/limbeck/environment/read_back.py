"""The version table as another connection sees it: what was committed, whatever the run believes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from limbeck.environment.second_connection import lives_in_its_connection

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

    from limbeck.environment.reached import Reached
    from limbeck.environment.second_connection import SecondConnection


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

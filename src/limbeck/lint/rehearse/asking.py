"""SQL text given to the driver of a connection as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_PERCENT = ("format", "pyformat")  # drivers to which a percent sign means a parameter


def rows_of(connection: Connection, sql: str) -> Sequence[tuple[Any, ...]]:
    """The rows of a query; none of a statement that gives none."""
    text = sql.replace("%", "%%") if connection.dialect.paramstyle in _PERCENT else sql
    result = connection.exec_driver_sql(text)
    return [tuple(row) for row in result] if result.returns_rows else []


def execute(connection: Connection, sql: str) -> None:
    """Execute a statement for what it does."""
    rows_of(connection, sql)

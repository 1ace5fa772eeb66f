"""SQL written: names and literals."""

from __future__ import annotations

from collections.abc import Callable

from limbeck.model.effects import TableName
from limbeck.sql.tokens import MYSQL

Quote = Callable[[str], str]


def literal(text: str, dialect: str) -> str:
    """A string, as SQL."""
    doubled = text.replace("'", "''")
    return f"'{doubled.replace(chr(92), chr(92) * 2)}'" if dialect in MYSQL else f"'{doubled}'"


def table_sql(table: TableName, quote: Quote) -> str:
    """A table's name, as SQL."""
    return f"{quote(table.schema)}.{quote(table.name)}" if table.schema else quote(table.name)

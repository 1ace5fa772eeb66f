"""Rows for tables that have none, so that a scan shows and a rewrite has something to write."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from limbeck.database.catalogue import snapshot
from limbeck.database.rows import Style, seed
from limbeck.lint.rehearse.asking import execute, rows_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

ROWS = 5
_AT_ONCE = 200  # tables looked into by one query
_TABLES = """
SELECT c.oid::bigint, n.nspname, c.relname FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p') AND pg_catalog.left(n.nspname, 3) <> 'pg_'
"""


class Rows:
    """Gives rows to tables on one connection, to each once.

    Rows are ordinary ones: what is made up to be extreme would stop revisions that production lets through.
    """

    def __init__(self, connection: Connection, version_table: str, *, own_transaction: bool) -> None:
        """Nothing is given yet.

        Args:
            version_table: the one table that gets no rows.
            own_transaction: the connection is in a transaction that stays open.
        """
        self._connection = connection
        self._version_table = version_table
        self._own_transaction = own_transaction
        self._known: set[int] = set()

    def give(self) -> None:
        """Fill the tables that have come since the last time and are empty."""
        empty = self._empty_tables()
        if not empty:
            return
        connection = self._connection
        query, run = partial(rows_of, connection), partial(execute, connection)
        if not self._own_transaction:
            execute(connection, "BEGIN")
        catalogue = snapshot(query, without=(self._version_table,))
        tables = [table for table in catalogue.tables if (table.schema, table.name) in empty]
        seed(query, run, catalogue, ROWS, tables=tables, styles=(Style.ORDINARY,))
        if not self._own_transaction:
            execute(connection, "COMMIT")

    def _empty_tables(self) -> set[tuple[str, str]]:
        """Schema and name of the tables that are new to us and have no row."""
        found = [row for row in rows_of(self._connection, _TABLES) if row[0] not in self._known]
        self._known.update(number for number, _, _ in found)
        empty: set[tuple[str, str]] = set()
        for start in range(0, len(found), _AT_ONCE):
            some = found[start : start + _AT_ONCE]
            asked = ", ".join(f"EXISTS (SELECT FROM {_quoted(schema)}.{_quoted(name)})" for _, schema, name in some)
            answer = rows_of(self._connection, f"SELECT {asked}")[0]
            empty.update((schema, name) for (_, schema, name), full in zip(some, answer, strict=True) if not full)
        return empty


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

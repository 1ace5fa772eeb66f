"""Rows for tables that have none, so that a scan shows and a rewrite has something to write."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from limbeck.database.catalogue import Catalogue
from limbeck.database.rows import Style
from limbeck.database.rows.seed import seed
from limbeck.lint.rehearse.asking import execute, rows_of, session_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

ROWS = 5
_AT_ONCE = 200  # tables looked into by one query
_TABLES = """
SELECT c.oid::bigint, n.nspname, c.relname FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid IN ({}) AND pg_catalog.left(n.nspname, 3) <> 'pg_'
"""

Names = set[tuple[str, str]]


class Rows:
    """Gives rows to tables on one connection, to each once.

    Rows are ordinary ones: what is made up to be extreme would stop revisions that production lets through.
    """

    def __init__(self, connection: Connection) -> None:
        """Nothing is given yet."""
        self._connection = connection
        self._known: set[int] = set()

    def empty_tables(self, tables: Collection[int]) -> Names:
        """Schema and name of the tables that are new to us and have no row.

        Args:
            tables: the numbers of all tables.
        """
        new = sorted(set(tables) - self._known)
        self._known.update(new)
        if not new:
            return set()
        found = rows_of(self._connection, _TABLES.format(", ".join(map(str, new))))
        empty: Names = set()
        for start in range(0, len(found), _AT_ONCE):
            some = found[start : start + _AT_ONCE]
            asked = ", ".join(f"EXISTS (SELECT FROM {_quoted(schema)}.{_quoted(name)})" for _, schema, name in some)
            answer = rows_of(self._connection, f"SELECT {asked}")[0]
            empty.update((schema, name) for (_, schema, name), full in zip(some, answer, strict=True) if not full)
        return empty

    def give(self, empty: Names, catalogue: Catalogue) -> None:
        """Fill tables, inside a transaction.

        Args:
            empty: their schemas and names.
            catalogue: of the database, now, without the version table.
        """
        tables = [table for table in catalogue.tables if (table.schema, table.name) in empty]
        run = partial(execute, self._connection)
        seed(session_of(self._connection), run, catalogue, ROWS, tables=tables, styles=(Style.ORDINARY,))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

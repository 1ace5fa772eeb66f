"""Rows for tables that have none, so that a scan shows and a rewrite has something to write."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from limbeck.database.catalogue import Identity, snapshot
from limbeck.database.rows import Style, seed
from limbeck.lint.rehearse.asking import execute, rows_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

ROWS = 5


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
        self._given: set[Identity] = set()

    def give(self) -> None:
        """Fill the tables that have come since the last time and are empty."""
        connection = self._connection
        query, run = partial(rows_of, connection), partial(execute, connection)
        if not self._own_transaction:
            execute(connection, "BEGIN")
        catalogue = snapshot(query, without=(self._version_table,))
        new = [table for table in catalogue.tables if table not in self._given]
        empty = [table for table in new if not self._has_rows(table)]
        self._given.update(new)
        if empty:
            seed(query, run, catalogue, ROWS, tables=empty, styles=(Style.ORDINARY,))
        if not self._own_transaction:
            execute(connection, "COMMIT")

    def _has_rows(self, table: Identity) -> bool:
        name = ".".join('"' + part.replace('"', '""') + '"' for part in (table.schema, table.name))
        return bool(rows_of(self._connection, f"SELECT EXISTS (SELECT FROM {name})")[0][0])  # noqa: S608 - quoted

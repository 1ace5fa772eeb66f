"""Rows for the tables of a scratch database of which nothing is rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from limbeck.database.rows import STYLES, Style, dialect_of
from limbeck.database.rows.seed import seed
from limbeck.lint.rehearse.asking import execute, rows_of
from limbeck.verify.proof.seeding import ROWS, empty_tables

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.database.catalogue import Catalogue, Identity


class SeedingForGood:
    """Gives rows to each table once, when it has none by then; one that was dropped meanwhile is another one."""

    def __init__(self, rows: int = ROWS) -> None:
        """Nothing is given yet.

        Args:
            rows: how many it gives to a table.
        """
        self._rows = rows
        self._known: frozenset[Identity] = frozenset()

    def give(self, connection: Connection, catalogue: Catalogue, styles: Sequence[Style] = STYLES) -> None:
        """Fill the tables that are new and empty, in the transaction that is under way.

        Args:
            catalogue: of the database as it is.
            styles: what the rows are like, in turns.
        """
        if not self._rows:
            return
        tables = frozenset(catalogue.tables)
        new = sorted(tables - self._known)
        self._known = tables
        query = partial(rows_of, connection)
        empty = empty_tables(query, new, dialect_of(connection.dialect.name).mark)
        if empty:
            seed(query, partial(execute, connection), catalogue, self._rows, tables=empty, styles=styles)

    def forget(self, catalogue: Catalogue) -> None:
        """Forget the tables that are gone."""
        self._known = self._known.intersection(catalogue.tables)

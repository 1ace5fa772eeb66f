"""Rows for the tables of a scratch database of which nothing is rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from limbeck.database.rows import STYLES, Style, dialect_of, seed
from limbeck.database.rows.row import qualified
from limbeck.lint.rehearse.asking import execute, rows_of
from limbeck.verify.proof.seeding import ROWS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.database.catalogue import Catalogue, Identity

_AT_ONCE = 200  # tables looked into by one query


class SeedingForGood:
    """Gives rows to each table once, when it has none by then; one that was dropped meanwhile is another one."""

    def __init__(self) -> None:
        """Nothing is given yet."""
        self._known: frozenset[Identity] = frozenset()

    def give(self, connection: Connection, catalogue: Catalogue, styles: Sequence[Style] = STYLES) -> None:
        """Fill the tables that are new and empty, in the transaction that is under way.

        Args:
            catalogue: of the database as it is.
            styles: what the rows are like, in turns.
        """
        tables = frozenset(catalogue.tables)
        new = sorted(tables - self._known)
        self._known = tables
        empty = _empty(connection, new)
        if empty:
            seed(
                partial(rows_of, connection), partial(execute, connection), catalogue, ROWS, tables=empty, styles=styles
            )

    def forget(self, catalogue: Catalogue) -> None:
        """Forget the tables that are gone."""
        self._known = self._known.intersection(catalogue.tables)


def _empty(connection: Connection, tables: Sequence[Identity]) -> list[Identity]:
    mark = dialect_of(connection.dialect.name).mark
    found: list[Identity] = []
    for start in range(0, len(tables), _AT_ONCE):
        some = tables[start : start + _AT_ONCE]
        asked = ", ".join(f"EXISTS (SELECT 1 FROM {qualified(table, mark)})" for table in some)  # noqa: S608 - quoted
        (answer,) = rows_of(connection, f"SELECT {asked}")
        found += [table for table, full in zip(some, answer, strict=True) if not full]
    return found

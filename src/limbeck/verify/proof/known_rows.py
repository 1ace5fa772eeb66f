"""Rows of tables, read once and again only where they may be others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from limbeck.database.catalogue import Catalogue, Identity, Kind
from limbeck.database.rows import TableRows

Read = Callable[[Collection[Identity]], Mapping[Identity, TableRows]]


class KnownRows:
    """The rows of one database."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._known: Mapping[Identity, TableRows] = {}

    def of(self, read: Read, catalogue: Catalogue) -> Mapping[Identity, TableRows]:
        """The rows of every table that there is; what is not known is read, within a transaction."""
        tables = frozenset(catalogue.of_kind(Kind.TABLE))
        known = {table: rows for table, rows in self._known.items() if table in tables}
        self._known = {**known, **read(tables - known.keys())}
        return self._known

    def forget(self, tables: Collection[Identity]) -> None:
        """The rows of these tables may be others now."""
        self._known = {table: rows for table, rows in self._known.items() if table not in tables}

    def forget_all(self) -> None:
        """The rows of every table may be others now."""
        self._known = {}

"""What rows of one kind of database differ in from those of another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from limbeck.database.catalogue import Catalogue, Identity, Query
from limbeck.database.rows.read import TableRows
from limbeck.database.rows.table import Condition, Reference, Table, Type
from limbeck.model.errors import UsageError


class Dialect(Protocol):
    """One kind of database."""

    @property
    def mark(self) -> str:
        """The quotation mark around names."""

    @property
    def nothing(self) -> str:
        """What stands in an INSERT that gives no column a value."""

    @property
    def overriding(self) -> str:
        """What lets an INSERT give a column a value that numbers itself."""

    def tables(self, query: Query, catalogue: Catalogue, wanted: Collection[Identity]) -> tuple[Table, ...]:
        """What the wanted tables demand of their rows, in the order of their names."""

    def rows(self, query: Query, tables: Collection[Identity]) -> Mapping[Identity, TableRows]:
        """The rows of some tables that are there."""

    def pointing(self, query: Query, reference: Reference, given: Mapping[str, str], offset: int) -> dict[str, str]:
        """Expressions for the columns of a foreign key, which point to one of the rows that there are.

        Args:
            query: runs one statement and gives its rows.
            given: expressions of columns that are decided; the others follow them.
            offset: which of the rows, counted around.
        """

    def first_of(self, table: str, condition: str) -> str:
        """What stands behind the SET of an UPDATE that changes one row of a table, one of which a condition holds."""

    def question(
        self,
        columns: Sequence[str],
        types: Sequence[Type],
        rows: Sequence[tuple[int, tuple[str, ...]]],
        conditions: Sequence[Condition],
    ) -> str:
        """A query for the places of the rows for which no condition is false."""


def dialect_of(name: str) -> Dialect:
    """The kind of database that SQLAlchemy calls by that name.

    Raises:
        UsageError: there is no such dialect here.
    """
    if name == "postgresql":
        from limbeck.database.rows.postgresql_dialect import PostgreSQL

        return PostgreSQL()
    if name == "sqlite":
        from limbeck.database.rows.sqlite import SQLite

        return SQLite()
    if name in ("mysql", "mariadb"):
        from limbeck.database.rows.mysql import MySQL

        return MySQL()
    raise UsageError(f"rows of this kind of database cannot be made: {name}")


def rows_of(query: Query, tables: Collection[Identity], dialect: str = "postgresql") -> Mapping[Identity, TableRows]:
    """The rows of some tables that are there.

    Args:
        query: runs one statement, inside a transaction.
        dialect: SQLAlchemy's name of the kind of database.
    """
    return dialect_of(dialect).rows(query, tables)

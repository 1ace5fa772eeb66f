"""Rows of PostgreSQL: an INSERT asks by itself for the rows that it points to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from limbeck.database.catalogue import Catalogue, Identity, Query
from limbeck.database.rows.literals import name
from limbeck.database.rows.postgresql import tables_of
from limbeck.database.rows.postgresql_read import rows_of
from limbeck.database.rows.read import TableRows
from limbeck.database.rows.table import Condition, Reference, Table, Type


class PostgreSQL:
    """See `Dialect`."""

    mark = '"'
    nothing = "DEFAULT VALUES"
    overriding = "OVERRIDING SYSTEM VALUE "

    def tables(self, query: Query, catalogue: Catalogue, wanted: Collection[Identity]) -> tuple[Table, ...]:
        """What the wanted tables demand of their rows."""
        return tables_of(query, catalogue, wanted)

    def rows(self, query: Query, tables: Collection[Identity]) -> Mapping[Identity, TableRows]:
        """The rows of some tables."""
        return rows_of(query, tables)

    def pointing(self, _query: Query, reference: Reference, given: Mapping[str, str], offset: int) -> dict[str, str]:
        """Queries for the columns of a foreign key."""
        pairs = list(zip(reference.columns, reference.targets, strict=True))
        fixed = [f"p.{name(target)} = {given[column]}" for column, target in pairs if column in given]
        where = " AND ".join([*fixed, *(f"p.{name(target)} IS NOT NULL" for _, target in pairs)])
        order = ", ".join(f"p.{name(target)}" for _, target in pairs)
        count = f"(SELECT GREATEST(count(*), 1) FROM {reference.source} p WHERE {where})"
        return {
            column: f"(SELECT p.{name(target)} FROM {reference.source} p WHERE {where} ORDER BY {order} "
            f"LIMIT 1 OFFSET mod({offset}, {count}))"
            for column, target in pairs
            if column not in given
        }

    def first_of(self, table: str, condition: str) -> str:
        """The row is told by its place."""
        return f"WHERE ctid = (SELECT ctid FROM {table} WHERE {condition} ORDER BY tableoid, ctid LIMIT 1)"

    def question(
        self,
        columns: Sequence[str],
        types: Sequence[Type],
        rows: Sequence[tuple[int, tuple[str, ...]]],
        conditions: Sequence[Condition],
    ) -> str:
        """A query for the places of the rows for which no condition is false."""
        tried = ", ".join(
            f"({place}, {', '.join(f'CAST({value} AS {type_.name})' for value, type_ in zip(row, types, strict=True))})"
            for place, row in rows
        )
        names = ", ".join(name(column) for column in columns)
        where = " AND ".join(f"(({condition.expression}) IS NOT FALSE)" for condition in conditions) or "true"
        return f"SELECT tried.place FROM (VALUES {tried}) AS tried (place, {names}) WHERE {where}"

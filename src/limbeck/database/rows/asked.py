"""For databases whose INSERT cannot ask for the row that it points to: they are asked before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from limbeck.database.catalogue import Identity, Query
from limbeck.database.rows.literals import NULL, name, qualified
from limbeck.database.rows.read import TableRows, in_order
from limbeck.database.rows.table import Condition, Reference, Type
from limbeck.sql.names import names

Shape = tuple[Sequence[str], Sequence[str]]  # the columns of a table, and those of its primary key


class AskedBefore:
    """What `Dialect` wants of rows, where an INSERT cannot ask for the row that it points to.

    Attributes:
        mark: the quotation mark around names.
        written: a driver's value as SQL writes it.
    """

    mark: str
    written: Callable[[Any], str]

    def pointing(self, query: Query, reference: Reference, given: Mapping[str, str], offset: int) -> dict[str, str]:
        """Values for the columns of a foreign key; NULL where there is nothing to point to."""
        mark = self.mark
        pairs = list(zip(reference.columns, reference.targets, strict=True))
        open_ = [(column, target) for column, target in pairs if column not in given]
        if not open_:
            return {}
        fixed = [f"p.{name(target, mark)} = {given[column]}" for column, target in pairs if column in given]
        where = " AND ".join([*fixed, *(f"p.{name(target, mark)} IS NOT NULL" for _, target in pairs)])
        targets = ", ".join(f"p.{name(target, mark)}" for _, target in open_)
        rows = query(f"SELECT DISTINCT {targets} FROM {reference.source} p WHERE {where} ORDER BY {targets}")
        chosen = map(self.written, rows[offset % len(rows)]) if rows else [NULL] * len(open_)
        return {column: value for (column, _), value in zip(open_, chosen, strict=True)}

    def question(
        self,
        columns: Sequence[str],
        types: Sequence[Type],
        rows: Sequence[tuple[int, tuple[str, ...]]],
        conditions: Sequence[Condition],
    ) -> str:
        """A query for the places of the rows for which no condition is false."""
        called = [name(column, self.mark) for column in columns]
        first, *others = (
            (str(place), *(_cast(value, type_) for value, type_ in zip(row, types, strict=True))) for place, row in rows
        )
        head = ", ".join(f"{value} AS {word}" for value, word in zip(first, ("place", *called), strict=True))
        tried = " UNION ALL ".join(f"SELECT {words}" for words in (head, *(", ".join(row) for row in others)))
        where = " AND ".join(f"(({condition.expression}) IS NOT FALSE)" for condition in conditions) or "1 = 1"
        return f"SELECT tried.place FROM ({tried}) AS tried WHERE {where}"


def _cast(value: str, type_: Type) -> str:
    return f"CAST({value} AS {type_.name})" if type_.name else value


def columns_in(expression: str, columns: Sequence[str], dialect: str) -> tuple[str, ...]:
    """The columns that an expression names."""
    named = {found.name.lower() for found in names(expression, dialect)}
    return tuple(column for column in columns if column.lower() in named)


def rows_read(
    query: Query, tables: Collection[Identity], shapes: Mapping[str, Shape], mark: str
) -> dict[Identity, TableRows]:
    """The rows of some tables, a query for each.

    Args:
        shapes: columns and primary key, by the name of the table.
    """
    found = {}
    for table in sorted(tables):
        columns, key = shapes[table.name]
        selected = ", ".join(name(column, mark) for column in columns)
        rows = query(f"SELECT {selected} FROM {qualified(table, mark)}")
        texts = in_order(tuple(map(_text, row)) for row in rows)
        found[table] = TableRows(table, tuple(columns), tuple(key), texts)
    return found


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return f"x'{value.hex()}'" if isinstance(value, bytes) else str(value)

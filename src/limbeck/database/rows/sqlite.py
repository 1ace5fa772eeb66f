"""What SQLite's tables demand of their rows, read by its pragmas."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from limbeck.database.catalogue import Catalogue, Identity, Kind, Query
from limbeck.database.rows.asked import AskedBefore, columns_in, rows_read
from limbeck.database.rows.literals import literal, name
from limbeck.database.rows.read import TableRows
from limbeck.database.rows.sqlite_types import type_of
from limbeck.database.rows.table import Column, Condition, Reference, Table, Type

_MOST_SELECTS = 400  # in one query; SQLite takes 500
_GENERATED = (2, 3)  # what the pragma calls hidden
_CHECK = "CHECK "


def _written(value: Any) -> str:
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return literal(value) if isinstance(value, str) else repr(value)


class SQLite(AskedBefore):
    """See `Dialect`."""

    mark = '"'
    nothing = "DEFAULT VALUES"
    overriding = ""
    written = staticmethod(_written)

    def tables(self, query: Query, catalogue: Catalogue, wanted: Collection[Identity]) -> tuple[Table, ...]:
        """What the wanted tables demand of their rows; of those that a module keeps, nothing is known."""
        kept = _of_modules(query)
        own = [table for table in sorted(wanted) if not _is_of(table.name, kept)]
        columns, uniques, references = (_by_table(query(sql)) for sql in (_COLUMNS, _UNIQUES, _REFERENCES))
        return tuple(
            _table(
                catalogue,
                table,
                columns[table.name],
                uniques.get(table.name, []),
                references.get(table.name, []),
                columns,
            )
            for table in own
        )

    def rows(self, query: Query, tables: Collection[Identity]) -> Mapping[Identity, TableRows]:
        """The rows of some tables; of those that a module keeps, they are its own affair."""
        kept, columns = _of_modules(query), _by_table(query(_COLUMNS))
        own = [table for table in tables if not _is_of(table.name, kept)]
        shapes = {table: ([row[0] for row in found], _key(found)) for table, found in columns.items()}
        return rows_read(query, own, shapes, self.mark)

    def first_of(self, table: str, condition: str) -> str:
        """The row is told by its number."""
        return f"WHERE rowid = (SELECT rowid FROM {table} WHERE {condition} LIMIT 1)"

    def question(
        self,
        columns: Sequence[str],
        types: Sequence[Type],
        rows: Sequence[tuple[int, tuple[str, ...]]],
        conditions: Sequence[Condition],
    ) -> str:
        """A query for the places of the rows for which no condition is false."""
        parts = (rows[start : start + _MOST_SELECTS] for start in range(0, len(rows), _MOST_SELECTS))
        asked = (super(SQLite, self).question(columns, types, part, conditions) for part in parts)
        return " UNION ALL ".join(f"SELECT * FROM ({part})" for part in asked)


_COLUMNS = """
SELECT m.name, x.name, x.type, x."notnull", x.dflt_value IS NOT NULL, x.pk, x.hidden,
    m.sql LIKE '%WITHOUT ROWID%' FROM sqlite_master m
JOIN pragma_table_xinfo(m.name) x WHERE m.type = 'table' AND x.hidden <> 1 ORDER BY m.name, x.cid"""
_UNIQUES = """
SELECT m.name, i.name, c.name FROM sqlite_master m JOIN pragma_index_list(m.name) i
JOIN pragma_index_info(i.name) c WHERE m.type = 'table' AND i."unique" = 1 ORDER BY m.name, i.seq, c.seqno"""
_REFERENCES = """
SELECT m.name, f.id, f."table", f."from", f."to" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq"""


def _of_modules(query: Query) -> tuple[str, ...]:
    """The tables that are virtual."""
    rows = query("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'")
    return tuple(row[0] for row in rows)


def _is_of(table: str, kept: Sequence[str]) -> bool:
    """Whether a table is virtual, or one that the module of such a table keeps its own in."""
    return any(table == each or table.startswith(f"{each}_") for each in kept)


def _by_table(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    grouped: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(row[1:])
    return grouped


def _key(columns: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
    found = sorted((row[4], row[0]) for row in columns if row[4])
    return tuple(column for _, column in found)


def _table(
    catalogue: Catalogue,
    identity: Identity,
    columns: Sequence[tuple[Any, ...]],
    uniques: Sequence[tuple[Any, ...]],
    references: Sequence[tuple[Any, ...]],
    others: Mapping[str, Sequence[tuple[Any, ...]]],
) -> Table:
    key = _key(columns)
    known = [row[0] for row in columns]
    grouped: dict[str, list[str]] = {}
    for index, column in uniques:
        grouped.setdefault(index, []).append(column)
    all_uniques = [key] if key else []
    all_uniques += [tuple(found) for found in grouped.values() if None not in found]
    return Table(
        identity,
        tuple(_column(row, key) for row in columns),
        tuple(dict.fromkeys(all_uniques)),
        tuple(_references(references, others)),
        tuple(_checks(catalogue, identity, known)),
        primary=key,
    )


def _column(row: tuple[Any, ...], key: tuple[str, ...]) -> Column:
    column, declared, mandatory, default, place, hidden, without_numbers = row
    numbered = key == (column,) and declared.upper() == "INTEGER" and not without_numbers
    nullable = not mandatory and not place
    return Column(column, type_of(declared), nullable, bool(default), numbered, hidden not in _GENERATED)


def _references(
    rows: Sequence[tuple[Any, ...]], others: Mapping[str, Sequence[tuple[Any, ...]]]
) -> Iterator[Reference]:
    by_name = {table.lower(): table for table in others}
    grouped: dict[int, list[tuple[Any, ...]]] = {}
    for number, *rest in rows:
        grouped.setdefault(number, []).append(tuple(rest))
    for number, pairs in grouped.items():
        table = by_name.get(pairs[0][0].lower())
        if table is None:
            continue  # it points to a table that there is not
        columns = tuple(own for _, own, _ in pairs)
        told = tuple(target for _, _, target in pairs)
        targets = _key(others[table]) if None in told else told
        if len(targets) == len(columns):
            yield Reference(f"{number}", columns, Identity(Kind.TABLE, "", table), targets, False, name(table))


def _checks(catalogue: Catalogue, table: Identity, columns: Sequence[str]) -> Iterator[Condition]:
    for identity, properties in catalogue.objects.items():
        if identity.kind == Kind.CONSTRAINT and identity.of == table.name and properties.get("type") == "check":
            expression = properties["definition"].removeprefix(_CHECK)
            yield Condition(expression, columns_in(expression, columns, "sqlite"))

"""What the tables of MariaDB and MySQL demand of their rows, read from `information_schema`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from limbeck.database.catalogue import Catalogue, Identity, Kind, Query
from limbeck.database.rows.asked import AskedBefore, columns_in, rows_read
from limbeck.database.rows.literals import literal, name
from limbeck.database.rows.mysql_types import type_of
from limbeck.database.rows.read import TableRows
from limbeck.database.rows.table import Column, Condition, Reference, Table

_Row = list[Any]
_CHECK = "CHECK "
_JSON = re.compile(r"\(?json_valid\(`.*`\)\)?", re.IGNORECASE)


def _written(value: Any) -> str:
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    if isinstance(value, int | float):
        return repr(value)
    return literal(str(value).replace("\\", "\\\\"))


class MySQL(AskedBefore):
    """See `Dialect`."""

    mark = "`"
    nothing = "() VALUES ()"
    overriding = ""
    written = staticmethod(_written)

    def tables(self, query: Query, catalogue: Catalogue, wanted: Collection[Identity]) -> tuple[Table, ...]:
        """What the wanted tables demand of their rows."""
        columns, uniques, references = (_by_table(query(sql)) for sql in (_COLUMNS, _UNIQUES, _REFERENCES))
        checks = _checks(catalogue)
        return tuple(
            _table(
                identity,
                columns.get(identity.name, []),
                uniques.get(identity.name, []),
                references.get(identity.name, []),
                checks.get(identity.name, []),
            )
            for identity in sorted(wanted)
        )

    def rows(self, query: Query, tables: Collection[Identity]) -> Mapping[Identity, TableRows]:
        """The rows of some tables."""
        columns, uniques = _by_table(query(_COLUMNS)), _by_table(query(_UNIQUES))
        shapes = {table: ([row[0] for row in rows], _key(uniques.get(table, []))) for table, rows in columns.items()}
        return rows_read(query, tables, shapes, self.mark)

    def first_of(self, _table: str, condition: str) -> str:
        """Any one of them."""
        return f"WHERE {condition} LIMIT 1"


_COLUMNS = """
SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COALESCE(COLUMN_DEFAULT, 'NULL') <> 'NULL', EXTRA,
    COALESCE(GENERATION_EXPRESSION, '') <> '' AND EXTRA NOT LIKE '%DEFAULT_GENERATED%',
    COALESCE(CHARACTER_SET_NAME, '')
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION"""
_UNIQUES = """
SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0 ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"""
_REFERENCES = """
SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
FROM information_schema.KEY_COLUMN_USAGE
WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE()
ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION"""


def _by_table(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[_Row]]:
    grouped: dict[str, list[_Row]] = {}
    for row in rows:
        table, *rest = (value.decode() if isinstance(value, bytes) else value for value in row)
        grouped.setdefault(str(table), []).append(rest)
    return grouped


def _checks(catalogue: Catalogue) -> dict[str, list[str]]:
    """The conditions by table, of the table and of its columns."""
    found: dict[str, list[str]] = {}
    for identity, properties in catalogue.objects.items():
        if identity.kind == Kind.CONSTRAINT and properties.get("type") == "check":
            found.setdefault(identity.of, []).append(properties["definition"].removeprefix(_CHECK))
        elif identity.kind == Kind.COLUMN and "check" in properties:
            found.setdefault(identity.of, []).append(properties["check"])
    return found


def _key(uniques: Sequence[_Row]) -> tuple[str, ...]:
    return tuple(column for index, column in uniques if index == "PRIMARY")


def _table(
    identity: Identity,
    columns: Sequence[_Row],
    uniques: Sequence[_Row],
    references: Sequence[_Row],
    checks: Sequence[str],
) -> Table:
    names = [row[0] for row in columns]
    conditions = [Condition(check, columns_in(check, names, "mysql")) for check in checks]
    of_json = {column for check in conditions if _JSON.fullmatch(check.expression) for column in check.columns}
    grouped: dict[str, list[str]] = {}
    for index, column in uniques:
        grouped.setdefault(index, []).append(column)
    return Table(
        identity,
        tuple(_column(row, is_json=row[0] in of_json) for row in columns),
        tuple(dict.fromkeys(tuple(found) for found in grouped.values() if None not in found)),
        tuple(_references(references)),
        tuple(conditions),
        primary=_key(uniques),
    )


def _column(row: _Row, *, is_json: bool) -> Column:
    column, written, nullable, default, extra, generated, letters = row
    numbered = "auto_increment" in str(extra).lower()
    type_ = type_of(written, letters, is_json=is_json)
    return Column(column, type_, nullable == "YES", bool(default), numbered, not generated)


def _references(rows: Sequence[_Row]) -> Iterator[Reference]:
    grouped: dict[str, list[_Row]] = {}
    for constraint, *pair in rows:
        grouped.setdefault(constraint, []).append(pair)
    for constraint, pairs in grouped.items():
        table = pairs[0][1]
        yield Reference(
            constraint,
            tuple(own for own, _, _ in pairs),
            Identity(Kind.TABLE, "", table),
            tuple(target for _, _, target in pairs),
            False,
            name(table, "`"),
        )

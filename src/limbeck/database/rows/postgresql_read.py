"""The rows of PostgreSQL's tables, as texts that do not depend on the settings of a connection."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from limbeck.database.catalogue import Identity, Query
from limbeck.database.catalogue.postgresql.settings import uniform_texts
from limbeck.database.rows.literals import literal, name, qualified
from limbeck.database.rows.read import TableRows, in_order


def rows_of(query: Query, tables: Collection[Identity]) -> Mapping[Identity, TableRows]:
    """The rows of some tables of PostgreSQL, in two queries: a partitioned table's with those of its partitions, any
    other's without those of tables that inherit from it.

    Args:
        query: runs one statement, inside a transaction.
        tables: tables that are there.
    """
    ordered = sorted(tables)
    if not ordered:
        return {}
    with uniform_texts(query):
        known = query(_SHAPES.format(", ".join(f"({n}, {literal(qualified(t))})" for n, t in enumerate(ordered))))
        shapes = {int(place): (source, json.loads(columns), json.loads(key)) for place, source, columns, key in known}
        rows = query(" UNION ALL ".join(_rows(place, *shape[:2]) for place, shape in sorted(shapes.items())))
    found: dict[int, list[tuple[str | None, ...]]] = {}
    for place, values in rows:
        found.setdefault(int(place), []).append(tuple(json.loads(values)))
    return {
        table: TableRows(table, tuple(shapes[place][1]), tuple(shapes[place][2]), in_order(found.get(place, [])))
        for place, table in enumerate(ordered)
    }


def _rows(place: int, source: str, columns: list[str]) -> str:
    values = ", ".join(f"{name(column)}::text" for column in columns)
    return f"SELECT {place}, to_json(ARRAY[{values}]::text[])::text FROM {source}"


# Of a table c: what stands behind FROM, and the names of its columns, and of those of its primary key, as JSON.
SOURCE = "CASE WHEN c.relkind = 'p' THEN '' ELSE 'ONLY ' END || c.oid::regclass"
COLUMNS = """(SELECT COALESCE(json_agg(a.attname ORDER BY a.attnum), '[]')::text FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)"""
KEY = """(SELECT COALESCE(json_agg(a.attname ORDER BY k.place), '[]')::text FROM pg_index x
    CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY k (number, place)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
    WHERE x.indrelid = c.oid AND x.indisprimary AND k.place <= x.indnkeyatts)"""
_SHAPES = (
    f"SELECT t.place, {SOURCE}, {COLUMNS}, {KEY} FROM (VALUES {{}}) t (place, name)"
    + """
    JOIN pg_class c ON c.oid = t.name::regclass"""
)

"""The rows of tables of a scratch database, read in one round trip: by a function made there for it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from limbeck.database.catalogue import Identity, Query
from limbeck.database.catalogue.postgresql.scope import WATCH
from limbeck.database.catalogue.postgresql.settings import SETTINGS
from limbeck.database.rows.literals import literal, qualified
from limbeck.database.rows.postgresql_read import COLUMNS, KEY, SOURCE
from limbeck.database.rows.read import TableRows, Values, in_order

_TEXTS = " ".join(f"SET {name} = '{value}'" for name, value in SETTINGS.items() if not name.startswith("enable_"))
# To be executed where the schema is that belongs to limbeck.
ROWS_FUNCTION = f"""
CREATE FUNCTION {WATCH}.rows_of(tables text[]) RETURNS TABLE (place integer, names text, key text, "values" text)
LANGUAGE plpgsql {_TEXTS} AS $rows$
DECLARE
    source text;
    texts text;
BEGIN
    FOR place IN 1..cardinality(tables) LOOP
        SELECT {SOURCE}, {COLUMNS}, {KEY},
            (SELECT string_agg(quote_ident(a.attname) || '::text', ', ' ORDER BY a.attnum) FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
            INTO source, names, key, texts FROM pg_class c WHERE c.oid = tables[place]::regclass;
        RETURN QUERY SELECT place, names, key, NULL::text;
        RETURN QUERY EXECUTE format('SELECT %s, NULL::text, NULL::text, to_json(ARRAY[%s]::text[])::text FROM %s',
            place, texts, source);
    END LOOP;
END $rows$"""


def rows_by_function(query: Query, tables: Collection[Identity]) -> Mapping[Identity, TableRows]:
    """As `rows_of`, where the function is."""
    ordered = sorted(tables)
    if not ordered:
        return {}
    names = ", ".join(literal(qualified(table)) for table in ordered)
    shapes: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    found: dict[int, list[Values]] = {}
    for place, columns, key, values in query(f"SELECT * FROM {WATCH}.rows_of(ARRAY[{names}])"):
        if values is None:
            shapes[int(place)] = tuple(json.loads(columns)), tuple(json.loads(key))
        else:
            found.setdefault(int(place), []).append(tuple(json.loads(values)))
    return {
        table: TableRows(table, *shapes[place], in_order(found.get(place, [])))
        for place, table in enumerate(ordered, 1)
    }

"""What PostgreSQL's tables demand of their rows, read in three queries."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from limbeck.database.catalogue import Catalogue, Identity, Query
from limbeck.database.catalogue.postgresql.settings import uniform_texts
from limbeck.database.rows.postgresql_demands import demands
from limbeck.database.rows.postgresql_types import Types
from limbeck.database.rows.table import Column, Condition, Reference, Table

_Row = tuple[Any, ...]


def tables_of(query: Query, catalogue: Catalogue, wanted: Collection[Identity]) -> tuple[Table, ...]:
    """The tables, in the order of their names; a partition is part of its table and comes only with it.

    Args:
        query: runs one statement, inside a transaction.
        catalogue: of the same database, now.
        wanted: which tables; those of the catalogue that are partitions are passed over.
    """
    identities = [identity for identity in sorted(wanted) if "partition of" not in catalogue.objects[identity]]
    oids = {catalogue.addresses[identity][1]: identity for identity in identities}
    if not oids:
        return ()
    chosen = f"ARRAY[{', '.join(map(str, oids))}]::oid[]"
    with uniform_texts(query) as server:
        types = Types.read(query, chosen, server.major)
        columns = _by_table(query(_COLUMNS.format(chosen=chosen)))
        found = _by_table(query(demands(chosen, server.major)))
    return tuple(_table(identity, columns.get(oid, []), found.get(oid, []), types) for oid, identity in oids.items())


def _by_table(rows: Sequence[_Row]) -> dict[int, list[_Row]]:
    grouped: dict[int, list[_Row]] = {}
    for row in rows:
        grouped.setdefault(int(row[0]), []).append(row[1:])
    return grouped


_COLUMNS = """
SELECT a.attrelid::oid, a.attname::text, a.atttypid::oid, a.atttypmod, format_type(a.atttypid, a.atttypmod),
    (NOT a.attnotnull)::text, (d.adbin IS NOT NULL)::text,
    (a.attidentity <> '' OR position('nextval(' IN pg_get_expr(d.adbin, d.adrelid)) > 0)::text,
    (a.attgenerated = '')::text
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY ({chosen}) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
"""


def _table(identity: Identity, columns: Sequence[_Row], found: Sequence[_Row], types: Types) -> Table:
    def of_kind(kind: str) -> list[_Row]:
        return [row[1:] for row in found if row[0] == kind]

    def conditions(kind: str) -> tuple[Condition, ...]:
        return tuple(Condition(row[6], _names(row[1])) for row in of_kind(kind))

    uniques = [_names(row[1]) for row in (*of_kind("primary"), *of_kind("unique")) if row[1]]
    references = {
        (_names(own), schema, table, _names(targets)): Reference(
            name, _names(own), Identity("table", schema, table), _names(targets), waits == "true", source
        )
        for name, own, schema, table, targets, waits, source in of_kind("reference")
    }
    return Table(
        identity,
        tuple(
            Column(name, types.of(int(oid), int(modifier), full), *(word == "true" for word in words))
            for name, oid, modifier, full, *words in columns
        ),
        tuple(dict.fromkeys(uniques)),
        tuple(references.values()),
        conditions("check"),
        conditions("place"),
        bool(of_kind("partitioned")),
        tuple(name for row in of_kind("primary") for name in _names(row[1])),
        bool(of_kind("deferrable")),
    )


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()

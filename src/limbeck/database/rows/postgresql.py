"""What PostgreSQL's tables demand of their rows, read in three queries."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from limbeck.database.catalogue import Catalogue, Identity, Query
from limbeck.database.catalogue.postgresql.settings import uniform_texts
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
        demands = _by_table(query(_demands(server.major).format(chosen=chosen)))
    return tuple(_table(identity, columns.get(oid, []), demands.get(oid, []), types) for oid, identity in oids.items())


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
_NAMES = (
    "(SELECT json_agg(a.attname ORDER BY k.place)::text "
    "FROM unnest({numbers}::int2[]) WITH ORDINALITY k (number, place) "
    "JOIN pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.number)"
)


def _demands(major: int) -> str:
    """Rows of table, kind of demand, name, columns, schema, table and columns pointed to, whether the check can wait,
    the condition or what stands after FROM.
    """
    enforced = "AND c.conenforced" if major >= 18 else ""
    keys = _NAMES.format(numbers="x.indkey[0:x.indnkeyatts - 1]", relation="x.indrelid")
    own = _NAMES.format(numbers="c.conkey", relation="c.conrelid")
    targets = _NAMES.format(numbers="c.confkey", relation="c.confrelid")
    levels = (
        "(SELECT json_agg(DISTINCT a.attname)::text FROM pg_partition_ancestors(leaf.relid) anc "
        "JOIN pg_partitioned_table p ON p.partrelid = anc JOIN pg_attribute a ON a.attrelid = p.partrelid "
        "AND a.attnum > 0 AND (a.attnum = ANY (p.partattrs) OR 0 = ANY (p.partattrs)))"
    )
    return f"""
SELECT x.indrelid::oid, CASE WHEN x.indisprimary THEN 'primary' ELSE 'unique' END, i.relname::text, {keys},
    NULL::text, NULL::text, NULL::text, 'false', NULL::text
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE x.indrelid = ANY ({{chosen}}) AND (x.indisunique OR x.indisexclusion)
UNION ALL
SELECT c.conrelid, CASE c.contype WHEN 'f' THEN 'reference' ELSE 'check' END, c.conname, {own},
    s.nspname, p.relname, {targets}, c.condeferrable::text,
    CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, c.conrelid)
        WHEN p.relkind = 'p' THEN p.oid::regclass::text ELSE 'ONLY ' || p.oid::regclass END
FROM pg_constraint c LEFT JOIN pg_class p ON p.oid = c.confrelid LEFT JOIN pg_namespace s ON s.oid = p.relnamespace
LEFT JOIN pg_constraint twin ON twin.oid = c.conparentid AND twin.conrelid = c.conrelid
WHERE c.conrelid = ANY ({{chosen}}) AND c.contype IN ('f', 'c') AND twin.oid IS NULL {enforced}
UNION ALL
SELECT r.oid, 'place', leaf.relid::regclass::text, {levels}, NULL, NULL, NULL, 'false',
    COALESCE(pg_get_partition_constraintdef(leaf.relid), 'true')
FROM pg_class r CROSS JOIN LATERAL pg_partition_tree(r.oid) leaf
WHERE r.oid = ANY ({{chosen}}) AND r.relkind = 'p' AND leaf.isleaf AND leaf.relid <> r.oid
UNION ALL
SELECT DISTINCT c.conrelid, 'deferrable', '', NULL, NULL, NULL, NULL, 'true', NULL
FROM pg_constraint c WHERE c.conrelid = ANY ({{chosen}}) AND c.condeferrable
UNION ALL
SELECT r.oid, 'partitioned', '', NULL, NULL, NULL, NULL, 'false', NULL
FROM pg_class r WHERE r.oid = ANY ({{chosen}}) AND r.relkind = 'p'
ORDER BY 1, 2, 3"""


def _table(identity: Identity, columns: Sequence[_Row], demands: Sequence[_Row], types: Types) -> Table:
    def of_kind(kind: str) -> list[_Row]:
        return [row[1:] for row in demands if row[0] == kind]

    def conditions(kind: str) -> tuple[Condition, ...]:
        return tuple(Condition(row[6], _names(row[1])) for row in of_kind(kind))

    primary = tuple(name for row in of_kind("primary") for name in _names(row[1]))
    return Table(
        identity,
        tuple(
            Column(name, types.of(int(oid), int(modifier), full), *(word == "true" for word in words))
            for name, oid, modifier, full, *words in columns
        ),
        tuple(_names(row[1]) for row in (*of_kind("primary"), *of_kind("unique")) if row[1]),
        tuple(
            Reference(name, _names(own), Identity("table", schema, table), _names(targets), waits == "true", source)
            for name, own, schema, table, targets, waits, source in of_kind("reference")
        ),
        conditions("check"),
        conditions("place"),
        bool(of_kind("partitioned")),
        primary,
        bool(of_kind("deferrable")),
    )


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()

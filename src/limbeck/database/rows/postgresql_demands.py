"""The query for what PostgreSQL's tables demand of their rows: keys, references, conditions, partitions.

Each row has the table, the kind of demand, a name, the columns, the schema, table and columns pointed to, whether it
can wait for the end of the transaction, and the condition, or what stands after FROM.
"""

from __future__ import annotations

# `wanted` has each table and each of its partitions that hold rows, with the table itself as `root`.
_WANTED = """
WITH wanted (oid, root) AS (
    SELECT o, o FROM unnest({chosen}) o
    UNION ALL SELECT leaf.relid, r.oid FROM pg_class r CROSS JOIN LATERAL pg_partition_tree(r.oid) leaf
    WHERE r.oid = ANY ({chosen}) AND r.relkind = 'p' AND leaf.isleaf AND leaf.relid <> r.oid
)"""


def demands(chosen: str, major: int) -> str:
    """The query.

    Args:
        chosen: an SQL array of the oids of tables.
        major: the server's major version.
    """
    enforced = "AND c.conenforced" if major >= 18 else ""
    parts = (
        _KEYS,
        _REFERENCES.format(enforced=enforced),
        _CHECKS.format(enforced=enforced),
        _GENERATED,
        _PLACES,
        _REST,
    )
    return _WANTED.format(chosen=chosen) + "\nUNION ALL".join(parts) + "\nORDER BY 1, 2, 3"


def _names(numbers: str, relation: str) -> str:
    """The names of columns in the order of an array of their numbers, as a JSON array."""
    return (
        "(SELECT json_agg(a.attname ORDER BY k.place)::text "
        f"FROM unnest({numbers}::int2[]) WITH ORDINALITY k (number, place) "
        f"JOIN pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.number)"
    )


def _used(relation: str, user: str) -> str:
    """The names of the columns that an expression uses, by what depends on them."""
    return (
        "(SELECT json_agg(DISTINCT a.attname)::text FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid "
        "AND a.attnum = d.refobjsubid WHERE d.refclassid = 'pg_class'::regclass "
        f"AND d.refobjid = {relation} AND {user})"
    )


# A partition's own keys count like the table's.
_KEYS = f"""
SELECT w.root::oid, CASE WHEN x.indisprimary AND w.oid = w.root THEN 'primary' ELSE 'unique' END, i.relname::text,
    CASE WHEN x.indexprs IS NULL THEN {_names("x.indkey[0:x.indnkeyatts - 1]", "x.indrelid")}
        ELSE {_used("x.indrelid", "d.classid = 'pg_class'::regclass AND d.objid = x.indexrelid")} END,
    NULL::text, NULL::text, NULL::text, 'false', NULL::text
FROM wanted w JOIN pg_index x ON x.indrelid = w.oid JOIN pg_class i ON i.oid = x.indexrelid
WHERE (x.indisunique OR x.indisexclusion)
    AND (w.oid = w.root OR NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = x.indexrelid))"""
_REFERENCES = f"""
SELECT w.root, 'reference', c.conname, {_names("c.conkey", "c.conrelid")}, s.nspname, p.relname,
    {_names("c.confkey", "c.confrelid")}, c.condeferrable::text,
    CASE WHEN p.relkind = 'p' THEN p.oid::regclass::text ELSE 'ONLY ' || p.oid::regclass END
FROM wanted w JOIN pg_constraint c ON c.conrelid = w.oid AND c.contype = 'f' {{enforced}}
JOIN pg_class p ON p.oid = c.confrelid JOIN pg_namespace s ON s.oid = p.relnamespace
WHERE c.conparentid = 0"""
_CHECKS = f"""
SELECT w.root, 'check', c.conname, {_names("c.conkey", "c.conrelid")}, NULL, NULL, NULL, 'false',
    pg_get_expr(c.conbin, c.conrelid)
FROM wanted w JOIN pg_constraint c ON c.conrelid = w.oid AND c.contype = 'c' {{enforced}} WHERE w.oid = w.root"""
# A generated column makes conditions of its own: it may not be NULL, and computing it may not fail.
_USER = (
    "a2.attnum <> a.attnum AND (d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid "
    "OR d.classid = 'pg_class'::regclass AND d.objid = a2.attrelid AND d.objsubid = a2.attnum)"
)
_GENERATED = f"""
SELECT w.root, 'check', a2.attname, {_used("w.oid", _USER)}, NULL, NULL, NULL, 'false',
    CASE WHEN a2.attnotnull THEN '(' ELSE '((' END || pg_get_expr(e.adbin, e.adrelid)
        || CASE WHEN a2.attnotnull THEN ') IS NOT NULL' ELSE ') IS NULL) IS NOT NULL' END
FROM wanted w JOIN pg_attribute a2 ON a2.attrelid = w.oid AND a2.attgenerated <> '' AND NOT a2.attisdropped
JOIN pg_attrdef e ON e.adrelid = w.oid AND e.adnum = a2.attnum WHERE w.oid = w.root"""
_OWN = """(SELECT string_agg(' AND (' || pg_get_expr(c.conbin, c.conrelid) || ')', '' ORDER BY c.conname)
        FROM pg_constraint c WHERE c.conrelid = w.oid AND c.contype = 'c' AND c.coninhcount = 0)"""
_LEVELS = """(SELECT json_agg(DISTINCT name)::text FROM (
        SELECT a.attname AS name FROM pg_partition_ancestors(w.oid) anc
        JOIN pg_partitioned_table p ON p.partrelid = anc JOIN pg_attribute a ON a.attrelid = p.partrelid
            AND a.attnum > 0 AND (a.attnum = ANY (p.partattrs) OR 0 = ANY (p.partattrs))
        UNION SELECT a.attname FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum = ANY (c.conkey)
        WHERE c.conrelid = w.oid AND c.contype = 'c' AND c.coninhcount = 0) used)"""
_PLACES = f"""
SELECT w.root, 'place', w.oid::regclass::text, {_LEVELS}, NULL, NULL, NULL, 'false',
    COALESCE(pg_get_partition_constraintdef(w.oid), 'true') || COALESCE({_OWN}, '')
FROM wanted w WHERE w.oid <> w.root"""
_REST = """
SELECT DISTINCT w.root, 'deferrable', '', NULL, NULL, NULL, NULL, 'true', NULL
FROM wanted w JOIN pg_constraint c ON c.conrelid = w.oid AND c.condeferrable
UNION ALL
SELECT r.oid, 'partitioned', '', NULL, NULL, NULL, NULL, 'false', NULL
FROM wanted w JOIN pg_class r ON r.oid = w.root AND w.oid = w.root AND r.relkind = 'p'"""

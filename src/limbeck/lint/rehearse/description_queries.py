"""What describes the relations of a database, as JSON: PostgreSQL 12 and newer.

No percent sign stands in them: some drivers would take it for a place of a parameter.  Objects with a
number below 16384 are the server's own and not looked at.
"""

from __future__ import annotations

from limbeck.lint.rehearse.queries import Group

_RELATION = """
    'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind::text,
    'file', c.relfilenode::bigint,
    'visible', pg_catalog.pg_table_is_visible(c.oid), 'persistence', c.relpersistence::text,
    'row_security', c.relrowsecurity, 'force_row_security', c.relforcerowsecurity,
    'partition', c.relispartition, 'replica_identity', c.relreplident::text,
    'options', c.reloptions, 'owner', pg_catalog.pg_get_userbyid(c.relowner), 'privileges', c.relacl::text[],
    'tablespace', c.reltablespace::bigint,
    'foreign_keys_off', EXISTS (SELECT FROM pg_catalog.pg_trigger g
                               WHERE g.tgrelid = c.oid AND g.tgisinternal AND g.tgenabled = 'D'),
    'bound', CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END,
    'parents', (SELECT pg_catalog.json_agg(inhparent::bigint ORDER BY inhparent)
                FROM pg_catalog.pg_inherits WHERE inhrelid = c.oid),
    'partition_key', CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
    'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid)
                       WHEN c.relkind IN ('i', 'I') THEN pg_catalog.pg_get_indexdef(c.oid) END"""
_INDEX = """pg_catalog.json_build_object(
    'table', i.indrelid::bigint, 'unique', i.indisunique, 'primary', i.indisprimary, 'valid', i.indisvalid,
    'method', (SELECT amname FROM pg_catalog.pg_am WHERE pg_am.oid = c.relam),
    'columns', (SELECT pg_catalog.json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, place, true) ORDER BY place)
                FROM pg_catalog.generate_series(1, i.indnkeyatts) AS place),
    'included', (SELECT pg_catalog.json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, place, true) ORDER BY place)
                 FROM pg_catalog.generate_series(i.indnkeyatts + 1, i.indnatts) AS place),
    'where', pg_catalog.pg_get_expr(i.indpred, i.indrelid))"""
_COLUMN = """pg_catalog.json_build_object(
    'number', a.attnum, 'comment', pg_catalog.col_description(a.attrelid, a.attnum),
    'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
    'not_null', a.attnotnull, 'default', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
    'identity', a.attidentity::text, 'generated', a.attgenerated::text, 'storage', a.attstorage::text,
    'collation', (SELECT collname FROM pg_catalog.pg_collation WHERE pg_collation.oid = a.attcollation
                  AND a.attcollation <> (SELECT typcollation FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid)))"""
_CONSTRAINT = """pg_catalog.json_build_object(
    'oid', k.oid::bigint, 'name', k.conname, 'type', k.contype::text, 'validated', k.convalidated,
    'deferrable', k.condeferrable, 'definition', pg_catalog.pg_get_constraintdef(k.oid),
    'table', k.confrelid::bigint, 'index', k.conindid::bigint, 'inherited', NOT k.conislocal,
    'on_delete', k.confdeltype::text,
    'columns', (SELECT pg_catalog.json_agg(a.attname ORDER BY place)
                FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS key (number, place)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.number),
    'referred', (SELECT pg_catalog.json_agg(a.attname ORDER BY place)
                 FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS key (number, place)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = key.number))"""
_TRIGGER = """pg_catalog.json_build_object(
    'oid', g.oid::bigint, 'name', g.tgname, 'enabled', g.tgenabled::text,
    'definition', pg_catalog.pg_get_triggerdef(g.oid))"""
_POLICY = """pg_catalog.json_build_object(
    'oid', p.oid::bigint, 'name', p.polname, 'command', p.polcmd::text, 'permissive', p.polpermissive,
    'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
    'check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))"""

_COLUMNS = """FROM pg_catalog.pg_attribute a
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid"""
_CONSTRAINTS = "FROM pg_catalog.pg_constraint k WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND k.conrelid"
_TRIGGERS = "FROM pg_catalog.pg_trigger g WHERE NOT g.tgisinternal AND g.tgrelid"
_POLICIES = "FROM pg_catalog.pg_policy p WHERE p.polrelid"
_OUR_RELATIONS = """c.relkind IN ('r', 'p', 'v', 'm', 'f', 'i', 'I', 'S')
    AND n.nspname <> 'pg_toast' AND n.nspname <> 'pg_catalog'"""

# All relations, with all that belongs to them.
DESCRIBE = f"""
SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object({_RELATION},
    'index', (SELECT {_INDEX} FROM pg_catalog.pg_index i WHERE i.indexrelid = c.oid),
    'columns', CASE WHEN c.relkind IN ('r', 'p', 'f', 'v', 'm') THEN (
        SELECT pg_catalog.json_agg({_COLUMN} ORDER BY a.attnum) {_COLUMNS} = c.oid) END,
    'constraints', CASE WHEN c.relkind IN ('r', 'p', 'f') THEN (
        SELECT pg_catalog.json_agg({_CONSTRAINT} ORDER BY k.oid) {_CONSTRAINTS} = c.oid) END,
    'triggers', (SELECT pg_catalog.json_agg({_TRIGGER} ORDER BY g.oid) {_TRIGGERS} = c.oid),
    'policies', (SELECT pg_catalog.json_agg({_POLICY} ORDER BY p.oid) {_POLICIES} = c.oid)
    ) ORDER BY c.oid), '[]')::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND {_OUR_RELATIONS}
"""  # noqa: S608 - constants

# The relations whose numbers are `$1`, and their indexes.
DESCRIBED = f"""{DESCRIBE} AND c.oid = ANY (ARRAY(
    SELECT pg_catalog.unnest($1) UNION SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid = ANY ($1)))
"""  # noqa: S608 - constants


def _parts(owner: str, number: str, description: str, those: str, *rows: str) -> str:
    """Parts of the relations `$1`, for each: its number, the numbers of its parts, and descriptions of those of which a
    row was written since the transaction `$2`.  Rows have numbers of 32 bits, which age() compares.
    """
    written = " OR ".join(f"pg_catalog.age({row}.xmin) <= pg_catalog.age($2)" for row in rows)
    what = f"pg_catalog.json_agg({number}::bigint), pg_catalog.json_agg({description}) FILTER (WHERE {written})"
    return f"SELECT pg_catalog.json_build_array({owner}::bigint, {what})::text {those} GROUP BY {owner}"


# The relations whose numbers are `$1`, without what belongs to them, and without indexes.
RELATIONS = f"""
SELECT pg_catalog.json_build_object({_RELATION})::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind NOT IN ('i', 'I') AND {_OUR_RELATIONS} AND c.oid = ANY ($1)
"""  # noqa: S608 - constants
# The indexes of these relations, and those whose own numbers they are.
_INDEXES = f"""FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE {_OUR_RELATIONS} AND (i.indexrelid = ANY ($1) OR i.indrelid = ANY ($1))"""
_INDEX_RELATION = f"pg_catalog.json_build_object({_RELATION}, 'index', {_INDEX})"
PARTS = {
    Group.COLUMNS: _parts("a.attrelid", "a.attnum", _COLUMN, f"{_COLUMNS} = ANY ($1)", "a", "d"),
    Group.CONSTRAINTS: _parts("k.conrelid", "k.oid", _CONSTRAINT, f"{_CONSTRAINTS} = ANY ($1)", "k"),
    Group.TRIGGERS: _parts("g.tgrelid", "g.oid", _TRIGGER, f"{_TRIGGERS} = ANY ($1)", "g"),
    Group.POLICIES: _parts("p.polrelid", "p.oid", _POLICY, f"{_POLICIES} = ANY ($1)", "p"),
    Group.INDEXES: _parts("i.indrelid", "i.indexrelid", _INDEX_RELATION, _INDEXES, "i", "c"),
}

"""What a server is asked after every statement, each as one row with one JSON text: PostgreSQL 12 and newer.

No percent sign stands in them: some drivers would take it for a place of a parameter.  Objects with a
number below 16384 are the server's own and not looked at.
"""

from __future__ import annotations

# The locks of this session, the files and counters of what is locked, a stamp of what belongs to no table, and the
# settings that a revision may change.
OBSERVE = """
WITH own AS MATERIALIZED (
    SELECT relation, mode, virtualtransaction FROM pg_catalog.pg_locks
    WHERE pid = pg_catalog.pg_backend_pid() AND locktype IN ('relation', 'virtualxid')
), locked AS MATERIALIZED (SELECT DISTINCT relation FROM own WHERE relation >= 16384)
SELECT pg_catalog.json_build_object(
    'transaction', (SELECT virtualtransaction FROM own LIMIT 1),
    'mark', pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot()),
    'locks', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(relation::bigint, mode))
              FROM own WHERE relation >= 16384),
    'relations', (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            c.oid::bigint, c.relfilenode::bigint, c.relkind::text,
            pg_catalog.pg_stat_get_xact_numscans(c.oid), pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid),
            pg_catalog.pg_stat_get_xact_tuples_updated(c.oid), pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid)))
        FROM locked JOIN pg_catalog.pg_class c ON c.oid = locked.relation),
    'stamp', (
        SELECT pg_catalog.md5(pg_catalog.string_agg(stamp, ',' ORDER BY stamp)) FROM (
            SELECT 't' || oid || ':' || xmin FROM pg_catalog.pg_type
            WHERE oid >= 16384 AND typrelid = 0 AND typcategory <> 'A'
            UNION ALL SELECT 'l' || oid || ':' || xmin FROM pg_catalog.pg_enum WHERE oid >= 16384
            UNION ALL SELECT 'c' || oid || ':' || xmin FROM pg_catalog.pg_constraint WHERE contypid >= 16384
            UNION ALL SELECT 'f' || oid || ':' || xmin FROM pg_catalog.pg_proc WHERE oid >= 16384
            UNION ALL SELECT 's' || oid || ':' || xmin FROM pg_catalog.pg_namespace
            WHERE oid >= 16384 AND pg_catalog.left(nspname, 3) <> 'pg_'
            UNION ALL SELECT 'x' || oid || ':' || xmin FROM pg_catalog.pg_extension WHERE oid >= 16384
        ) AS stamps (stamp)),
    'settings', pg_catalog.json_build_object(
        'lock_timeout', pg_catalog.current_setting('lock_timeout'),
        'statement_timeout', pg_catalog.current_setting('statement_timeout'),
        'session_replication_role', pg_catalog.current_setting('session_replication_role'),
        'role', CURRENT_USER)
)::text
"""

# The counters of every table as a transaction finds them: those of earlier ones stay until the server writes them away.
COUNTED = """
SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(
    oid::bigint, pg_catalog.pg_stat_get_xact_numscans(oid), pg_catalog.pg_stat_get_xact_tuples_inserted(oid),
    pg_catalog.pg_stat_get_xact_tuples_updated(oid), pg_catalog.pg_stat_get_xact_tuples_deleted(oid))), '[]')::text
FROM pg_catalog.pg_class
WHERE oid >= 16384 AND relkind IN ('r', 'm', 'p') AND pg_catalog.pg_stat_get_xact_numscans(oid)
    + pg_catalog.pg_stat_get_xact_tuples_inserted(oid) + pg_catalog.pg_stat_get_xact_tuples_updated(oid)
    + pg_catalog.pg_stat_get_xact_tuples_deleted(oid) > 0
"""

# The numbers of all relations, and whether they are tables.
NUMBERS = """
SELECT oid::bigint, CASE WHEN relkind IN ('r', 'p') THEN 'table' END FROM pg_catalog.pg_class
WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'f', 'i', 'I', 'S')
"""

_DESCRIBE = """
SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
    {further}'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind::text,
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
                       WHEN c.relkind IN ('i', 'I') THEN pg_catalog.pg_get_indexdef(c.oid) END,
    'index', (
        SELECT pg_catalog.json_build_object(
            'table', i.indrelid::bigint, 'unique', i.indisunique, 'primary', i.indisprimary, 'valid', i.indisvalid,
            'method', (SELECT amname FROM pg_catalog.pg_am WHERE pg_am.oid = c.relam),
            'columns', (SELECT pg_catalog.json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, place, true) ORDER BY place)
                        FROM pg_catalog.generate_series(1, i.indnkeyatts) AS place),
            'included', (SELECT pg_catalog.json_agg(
                             pg_catalog.pg_get_indexdef(i.indexrelid, place, true) ORDER BY place)
                         FROM pg_catalog.generate_series(i.indnkeyatts + 1, i.indnatts) AS place),
            'where', pg_catalog.pg_get_expr(i.indpred, i.indrelid))
        FROM pg_catalog.pg_index i WHERE i.indexrelid = c.oid),
    'columns', CASE WHEN c.relkind IN ('r', 'p', 'f', 'v', 'm') THEN (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
            'number', a.attnum, 'comment', pg_catalog.col_description(c.oid, a.attnum),
            'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
            'not_null', a.attnotnull, 'default', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
            'identity', a.attidentity::text, 'generated', a.attgenerated::text, 'storage', a.attstorage::text,
            'collation', (SELECT collname FROM pg_catalog.pg_collation
                          WHERE pg_collation.oid = a.attcollation AND a.attcollation <> t.typcollation)
            ) ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped {column}) END,
    'constraints', CASE WHEN c.relkind IN ('r', 'p', 'f') THEN (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
            'oid', k.oid::bigint, 'name', k.conname, 'type', k.contype::text, 'validated', k.convalidated,
            'deferrable', k.condeferrable, 'definition', pg_catalog.pg_get_constraintdef(k.oid),
            'table', k.confrelid::bigint, 'index', k.conindid::bigint, 'inherited', NOT k.conislocal,
            'on_delete', k.confdeltype::text,
            'columns', (SELECT pg_catalog.json_agg(a.attname ORDER BY place)
                        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS key (number, place)
                        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.number),
            'referred', (SELECT pg_catalog.json_agg(a.attname ORDER BY place)
                         FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS key (number, place)
                         JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = key.number)
            ) ORDER BY k.oid)
        FROM pg_catalog.pg_constraint k
        WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x') {constraint}) END,
    'triggers', (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
            'oid', g.oid::bigint, 'name', g.tgname, 'enabled', g.tgenabled::text,
            'definition', pg_catalog.pg_get_triggerdef(g.oid)) ORDER BY g.oid)
        FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal {trigger}),
    'policies', (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
            'oid', p.oid::bigint, 'name', p.polname, 'command', p.polcmd::text, 'permissive', p.polpermissive,
            'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
            'check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) ORDER BY p.oid)
        FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid {policy})
    ) ORDER BY c.oid), '[]')::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'i', 'I', 'S')
    AND n.nspname <> 'pg_toast' AND n.nspname <> 'pg_catalog'
    {which}
"""
_CLAUSES = ("further", "column", "constraint", "trigger", "policy", "which")

# All relations, with all that belongs to them.
DESCRIBE = _DESCRIBE.format(**dict.fromkeys(_CLAUSES, ""))

# The relations whose numbers are `$1`, and their indexes.
_THESE = """AND c.oid = ANY (ARRAY(
    SELECT pg_catalog.unnest($1) UNION SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid = ANY ($1)))
"""
DESCRIBED = DESCRIBE + _THESE


def _written(row: str) -> str:
    """Whether a row was written since the transaction `$2`: rows have numbers of 32 bits, which age() compares."""
    return f"pg_catalog.age({row}.xmin) <= pg_catalog.age($2)"


_WRITTEN_OF = """AND c.oid = ANY (ARRAY(
    SELECT pg_catalog.unnest($1) UNION SELECT i.indexrelid FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = ANY ($1) AND ({index} OR {relation})))"""
# The same, but without the parts and the indexes that were not written since the transaction `$2`: those are numbered
# only, as `there` and `indexes`.
_WRITTEN = _DESCRIBE.format(
    further="""'there', pg_catalog.json_build_object(
        'column', CASE WHEN c.relkind IN ('r', 'p', 'f', 'v', 'm') THEN (
            SELECT pg_catalog.json_agg(attnum ORDER BY attnum) FROM pg_catalog.pg_attribute
            WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) END,
        'constraint', CASE WHEN c.relkind IN ('r', 'p', 'f') THEN (
            SELECT pg_catalog.json_agg(oid::bigint ORDER BY oid) FROM pg_catalog.pg_constraint
            WHERE conrelid = c.oid AND contype IN ('c', 'f', 'p', 'u', 'x')) END,
        'trigger', (SELECT pg_catalog.json_agg(oid::bigint ORDER BY oid) FROM pg_catalog.pg_trigger
                    WHERE tgrelid = c.oid AND NOT tgisinternal),
        'policy', (SELECT pg_catalog.json_agg(oid::bigint ORDER BY oid) FROM pg_catalog.pg_policy
                   WHERE polrelid = c.oid)),
    """,
    column=f"AND ({_written('a')} OR {_written('d')})",
    constraint=f"AND {_written('k')}",
    trigger=f"AND {_written('g')}",
    policy=f"AND {_written('p')}",
    which=_WRITTEN_OF.format(index=_written("i"), relation=_written("x")),
)
_AND_INDEXES = """
SELECT pg_catalog.json_build_object('relations', ({})::json, 'indexes', (
    SELECT pg_catalog.json_agg(indexrelid::bigint) FROM pg_catalog.pg_index WHERE indrelid = ANY ($1)))::text
"""
WRITTEN = _AND_INDEXES.format(_WRITTEN)

# What belongs to no table, without what an extension brought.
DESCRIBE_OTHERS = """
SELECT pg_catalog.json_build_object(
    'type', (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
            'oid', t.oid::bigint, 'schema', n.nspname, 'name', t.typname,
            'visible', pg_catalog.pg_type_is_visible(t.oid), 'kind', t.typtype::text,
            'labels', (SELECT pg_catalog.json_agg(enumlabel ORDER BY enumsortorder)
                       FROM pg_catalog.pg_enum WHERE enumtypid = t.oid),
            'base', CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END,
            'constraints', (SELECT pg_catalog.json_agg(pg_catalog.pg_get_constraintdef(k.oid) ORDER BY k.oid)
                            FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid)) ORDER BY t.oid)
        FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        WHERE t.oid >= 16384 AND t.typrelid = 0 AND t.typcategory <> 'A' AND t.typtype IN ('e', 'd', 'r')
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend
                            WHERE objid = t.oid AND classid = 'pg_catalog.pg_type'::regclass AND deptype = 'e')),
    'function', (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
            'oid', f.oid::bigint, 'schema', n.nspname, 'name', f.proname,
            'visible', pg_catalog.pg_function_is_visible(f.oid),
            'arguments', pg_catalog.pg_get_function_identity_arguments(f.oid), 'returns', f.prorettype::regtype::text,
            'kind', f.prokind::text, 'volatile', f.provolatile::text, 'security_definer', f.prosecdef,
            'settings', f.proconfig, 'body', pg_catalog.md5(f.prosrc)) ORDER BY f.oid)
        FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
        WHERE f.oid >= 16384 AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend
            WHERE objid = f.oid AND classid = 'pg_catalog.pg_proc'::regclass AND deptype = 'e')),
    'schema', (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_object('oid', oid::bigint, 'name', nspname) ORDER BY oid)
        FROM pg_catalog.pg_namespace WHERE oid >= 16384 AND pg_catalog.left(nspname, 3) <> 'pg_'),
    'extension', (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
            'oid', oid::bigint, 'name', extname, 'version', extversion) ORDER BY oid)
        FROM pg_catalog.pg_extension WHERE oid >= 16384)
)::text
"""

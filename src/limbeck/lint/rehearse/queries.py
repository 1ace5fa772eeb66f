"""What a server is asked after every statement, each as one row with one JSON text: PostgreSQL 12 and newer.

No percent sign stands in them: some drivers would take it for a place of a parameter.  Objects with a
number below 16384 are the server's own and not looked at.
"""

from __future__ import annotations

from enum import StrEnum


class Group(StrEnum):
    """What of the server's own tables is written when something of its kind is."""

    RELATIONS = "relations"
    COLUMNS = "columns"
    CONSTRAINTS = "constraints"
    TRIGGERS = "triggers"
    POLICIES = "policies"
    INDEXES = "indexes"
    COMMENTS = "comments"
    OTHERS = "others"  # what belongs to no table, but for the constraints of domains


_TABLES = {
    Group.RELATIONS: ("pg_class", "pg_inherits", "pg_rewrite"),
    Group.COLUMNS: ("pg_attribute", "pg_attrdef"),
    Group.CONSTRAINTS: ("pg_constraint",),
    Group.TRIGGERS: ("pg_trigger",),
    Group.POLICIES: ("pg_policy",),
    Group.INDEXES: ("pg_index",),
    Group.COMMENTS: ("pg_description",),
    Group.OTHERS: ("pg_type", "pg_enum", "pg_proc", "pg_namespace", "pg_extension"),
}


def _rows_written(tables: tuple[str, ...]) -> str:
    """How many rows of these tables the session has written, as far as the server has not written that away."""
    return " + ".join(
        f"pg_catalog.pg_stat_get_xact_tuples_{how}('pg_catalog.{table}'::pg_catalog.regclass)"
        for table in tables
        for how in ("inserted", "updated", "deleted")
    )


# The locks of this session, the files and counters of what is locked, how much was written in the server's own tables,
# and the settings that a revision may change.
OBSERVE = f"""
SELECT pg_catalog.json_build_object(
    'transaction', pg_catalog.min(l.virtualtransaction),
    'mark', pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot()),
    'locks', pg_catalog.json_agg(pg_catalog.json_build_array(
        l.relation::bigint, l.mode, c.relfilenode::bigint, c.relkind::text,
        pg_catalog.pg_stat_get_xact_numscans(c.oid), pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid),
        pg_catalog.pg_stat_get_xact_tuples_updated(c.oid), pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid))
        ) FILTER (WHERE l.relation >= 16384),
    'written', CASE WHEN pg_catalog.current_setting('track_counts') = 'on' THEN pg_catalog.json_build_object(
        {", ".join(f"'{group}', {_rows_written(tables)}" for group, tables in _TABLES.items())}) END,
    'settings', pg_catalog.json_build_object(
        'lock_timeout', pg_catalog.current_setting('lock_timeout'),
        'statement_timeout', pg_catalog.current_setting('statement_timeout'),
        'session_replication_role', pg_catalog.current_setting('session_replication_role'),
        'role', CURRENT_USER)
)::text
FROM pg_catalog.pg_lock_status() l
LEFT JOIN pg_catalog.pg_class c ON c.oid = CASE WHEN l.relation >= 16384 THEN l.relation END
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype IN ('relation', 'virtualxid')
"""  # noqa: S608 - constants

# A stamp of what belongs to no table.
STAMP = """
SELECT pg_catalog.md5(pg_catalog.string_agg(stamp, ',' ORDER BY stamp)) FROM (
    SELECT 't' || oid || ':' || xmin FROM pg_catalog.pg_type
    WHERE oid >= 16384 AND typrelid = 0 AND typcategory <> 'A'
    UNION ALL SELECT 'l' || oid || ':' || xmin FROM pg_catalog.pg_enum WHERE oid >= 16384
    UNION ALL SELECT 'c' || oid || ':' || xmin FROM pg_catalog.pg_constraint WHERE contypid >= 16384
    UNION ALL SELECT 'f' || oid || ':' || xmin FROM pg_catalog.pg_proc WHERE oid >= 16384
    UNION ALL SELECT 's' || oid || ':' || xmin FROM pg_catalog.pg_namespace
    WHERE oid >= 16384 AND pg_catalog.left(nspname, 3) <> 'pg_'
    UNION ALL SELECT 'x' || oid || ':' || xmin FROM pg_catalog.pg_extension WHERE oid >= 16384
) AS stamps (stamp)
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

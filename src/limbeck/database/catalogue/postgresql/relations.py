"""How tables, views, composite types and sequences are read, and what all branches share."""

from __future__ import annotations

from limbeck.database.catalogue.postgresql.branch import Branch, member, no, options, yes
from limbeck.database.catalogue.postgresql.scope import WATCH, Scope

TABLESPACE = "(SELECT spcname FROM pg_tablespace WHERE oid = c.reltablespace AND c.reltablespace <> 0)"


# `member` holds what nobody made by itself: objects of extensions, and what comes with a range type; `space` the
# schemas of users; `relation` every relation in them that has columns or is a sequence.
def common(scope: Scope) -> str:
    """The common table expressions."""
    return f"""
WITH member AS MATERIALIZED (
    SELECT classid, objid FROM pg_depend
    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e' {scope.members}
    UNION ALL SELECT classid, objid FROM pg_depend
    WHERE classid IN ('pg_proc'::regclass, 'pg_cast'::regclass) AND deptype = 'i' {scope.members}
),
space AS MATERIALIZED (
    SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', '{WATCH}')
),
relation AS MATERIALIZED (
    SELECT c.oid, c.relname, s.nspname, c.relkind, c.relowner
    FROM pg_class c JOIN space s ON s.oid = c.relnamespace
    WHERE {scope.relation("c.oid")} AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c', 'S')
        AND NOT {member("pg_class", "c.oid")}
),
heritage AS MATERIALIZED (
    SELECT inhrelid, string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) AS parents
    FROM pg_inherits GROUP BY 1
)
"""


def branches(major: int, _scope: Scope) -> tuple[Branch, ...]:
    """All that a server of this major version knows."""
    return _relations(major), _sequences()


def _relations(major: int) -> Branch:
    detaching = "h.inhdetachpending" if major >= 14 else "false"
    return Branch(
        kind="CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' "
        "WHEN 'c' THEN 'composite type' ELSE 'table' END",
        catalog="pg_class",
        oid="c.oid",
        schema="r.nspname",
        name="c.relname",
        owner="c.relowner",
        source="""relation r JOIN pg_class c ON c.oid = r.oid
            LEFT JOIN heritage i ON i.inhrelid = c.oid
            LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
            LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid
            LEFT JOIN pg_foreign_server server ON server.oid = f.ftserver
            WHERE r.relkind <> 'S'""",
        usual={
            "definition": "CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END",
        },
        rare={
            "partitioned by": "CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END",
            "partition of": "CASE WHEN c.relispartition THEN i.parents END",
            "bound": "CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END",
            "inherits": "CASE WHEN NOT c.relispartition THEN i.parents END",
            "persistence": "CASE c.relpersistence WHEN 'u' THEN 'unlogged' END",
            "options": options("c.reloptions"),
            "toast options": options("toast.reloptions"),
            "row security": yes("c.relrowsecurity"),
            "row security for the owner": yes("c.relforcerowsecurity"),
            "replica identity": "CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' "
            "WHEN 'n' THEN CASE WHEN c.relkind IN ('r', 'p') THEN 'nothing' END END",
            "access method": "(SELECT amname FROM pg_am WHERE oid = c.relam AND c.relam <> 2)",
            "tablespace": TABLESPACE,
            "of type": "CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END",
            "populated": no("c.relispopulated"),
            "detaching": "CASE WHEN c.relispartition THEN (SELECT 'yes' FROM pg_inherits h "
            f"WHERE h.inhrelid = c.oid AND {detaching}) END",
            "server": "server.srvname",
            "server options": options("f.ftoptions"),
        },
    )


def _sequences() -> Branch:
    return Branch(
        kind="'sequence'",
        when="sequences",
        catalog="pg_class",
        oid="c.oid",
        schema="r.nspname",
        name="c.relname",
        owner="c.relowner",
        source="""relation r JOIN pg_class c ON c.oid = r.oid JOIN pg_sequence q ON q.seqrelid = r.oid
            LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.objsubid = 0
                AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
            LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid""",
        usual={
            "type": "format_type(q.seqtypid, NULL)",
        },
        rare={
            "bounds": "q.seqmin || ' to ' || q.seqmax",
            "start": "q.seqstart",
            "increment": "q.seqincrement",
            "owned by": "d.refobjid::regclass::text || '.' || quote_ident(a.attname)",
            "cycle": yes("q.seqcycle"),
            "cache": "NULLIF(q.seqcache, 1)",
            "for identity": yes("d.deptype = 'i'"),
            "persistence": "CASE c.relpersistence WHEN 'u' THEN 'unlogged' END",
        },
    )

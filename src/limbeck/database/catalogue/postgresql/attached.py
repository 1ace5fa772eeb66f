"""How constraints, indexes, triggers, rules, policies and statistics are read: what hangs on a table."""

from __future__ import annotations

from limbeck.database.catalogue.postgresql.branch import Branch, member, no, options, yes
from limbeck.database.catalogue.postgresql.relations import TABLESPACE
from limbeck.database.catalogue.postgresql.scope import Scope

STATE = "CASE {} WHEN 'D' THEN 'no' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END"


def branches(major: int, scope: Scope) -> tuple[Branch, ...]:
    """All that a server of this major version knows."""
    return (
        _table_constraints(major),
        _domain_constraints(major, scope),
        _indexes(major),
        _triggers(),
        _rules(),
        _policies(),
        *((_statistics(major),) if scope.whole else ()),
    )


def _table_constraints(major: int) -> Branch:
    # A foreign key to a partitioned table has a twin for each partition, which nobody made.
    return _constraints(
        major,
        "pg_class",
        """pg_constraint k JOIN relation r ON r.oid = k.conrelid
            WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND (k.conparentid = 0
                OR (k.conparentid, k.conrelid) NOT IN (SELECT oid, conrelid FROM pg_constraint WHERE contype = 'f'))""",
        {
            "inherited": "CASE WHEN k.coninhcount > 0 THEN CASE WHEN k.conislocal THEN 'merged' ELSE 'yes' END END",
            "triggers": """CASE WHEN k.contype = 'f' THEN (
                SELECT CASE string_agg(DISTINCT tgenabled::text, '') WHEN 'D' THEN 'disabled' ELSE 'altered' END
                FROM pg_trigger WHERE tgconstraint = k.oid AND tgenabled <> 'O' HAVING count(*) > 0) END""",
        },
    )


def _domain_constraints(major: int, scope: Scope) -> Branch:
    return _constraints(
        major,
        "pg_type",
        f"""pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN space s ON s.oid = t.typnamespace
            WHERE k.contype = 'c' AND k.contypid <> 0 AND {scope.type("t.oid")} AND NOT {member("pg_type", "t.oid")}""",
        {},
    )._replace(when="types")


def _constraints(major: int, within: str, source: str, rare: dict[str, str]) -> Branch:
    enforced = "k.conenforced" if major >= 18 else "true"
    # How it is deferred, validated and enforced are properties of their own, not part of the definition.
    tail = "( NOT DEFERRABLE| DEFERRABLE)?( INITIALLY DEFERRED)?( NOT ENFORCED| NOT VALID)?$"
    return Branch(
        kind="constraint",
        catalog="pg_constraint",
        oid="k.oid",
        name="k.conname",
        parent="k.conrelid" if within == "pg_class" else "k.contypid",
        within=within,
        source=source,
        usual={
            "type": "CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key' "
            "WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' END",
            "definition": f"CASE WHEN k.convalidated AND NOT k.condeferrable AND {enforced} "
            f"THEN pg_get_constraintdef(k.oid) ELSE regexp_replace(pg_get_constraintdef(k.oid), '{tail}', '') END",
            "validated": f"CASE WHEN NOT k.convalidated AND {enforced} THEN 'no' END",
            "deferrable": "CASE WHEN k.condeferrable THEN CASE WHEN k.condeferred THEN 'initially deferred' "
            "ELSE 'initially immediate' END END",
        },
        rare={"enforced": no(enforced), **rare},
    )


def _indexes(major: int) -> Branch:
    return Branch(
        kind="index",
        catalog="pg_class",
        oid="x.indexrelid",
        name="c.relname",
        parent="r.oid",
        source="""pg_index x JOIN relation r ON r.oid = x.indrelid JOIN pg_class c ON c.oid = x.indexrelid
            LEFT JOIN pg_constraint k ON k.conindid = x.indexrelid AND k.conrelid = x.indrelid
                AND k.contype IN ('p', 'u', 'x')
            LEFT JOIN heritage i ON i.inhrelid = x.indexrelid""",
        usual={
            # The index of a constraint is what the constraint says.
            "definition": f"CASE WHEN k.oid IS NOT NULL THEN NULL WHEN {_plain(major)} "
            "THEN concat(CASE WHEN x.indisunique THEN 'UNIQUE ' END, x.indkey, "
            "' WHERE ' || pg_get_expr(x.indpred, x.indrelid)) "
            "ELSE pg_get_indexdef(x.indexrelid) END",
            "constraint": "k.conname",
            "valid": no("x.indisvalid"),
            "clustered": yes("x.indisclustered"),
        },
        rare={
            "ready": no("x.indisready"),
            "replica identity": yes("x.indisreplident"),
            "partition of": "i.parents",
            "options": f"CASE WHEN k.oid IS NOT NULL THEN {options('c.reloptions')} END",
            "tablespace": TABLESPACE,
            "statistics": """CASE WHEN x.indexprs IS NOT NULL THEN (
                SELECT string_agg(attnum || '=' || attstattarget, ', ' ORDER BY attnum) FROM pg_attribute
                WHERE attrelid = x.indexrelid AND attstattarget >= 0) END""",
        },
    )


def _plain(major: int) -> str:
    """The condition that an index has at most three keys, nothing but columns, and else is as by default or partial.

    Most indexes are so, and pg_get_indexdef takes 15 µs for each, because it looks for the default operator class by a
    scan.  Of those only the numbers of the columns are read, and the predicate; the reader spells the definition.
    """
    keys = " AND ".join(
        f"""(x.indnatts <= {key} OR x.indoption[{key}] = 0
            AND x.indclass[{key}] IN (SELECT oid FROM pg_opclass WHERE opcdefault)
            AND (x.indcollation[{key}] = 0 OR x.indcollation[{key}] = 100 AND (SELECT attcollation FROM pg_attribute
                WHERE attrelid = x.indrelid AND attnum = x.indkey[{key}]) = 100))"""
        for key in range(3)
    )
    distinct = "AND NOT x.indnullsnotdistinct" if major >= 15 else ""
    return f"""(c.relkind = 'i' AND c.relam = 403 AND x.indexprs IS NULL AND c.reloptions IS NULL
        AND x.indnatts <= 3 AND x.indnkeyatts = x.indnatts {distinct} AND {keys})"""


def _triggers() -> Branch:
    return Branch(
        kind="trigger",
        when="triggers",
        catalog="pg_trigger",
        oid="g.oid",
        name="g.tgname",
        parent="r.oid",
        source="pg_trigger g JOIN relation r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal",
        usual={"definition": "pg_get_triggerdef(g.oid)", "enabled": STATE.format("g.tgenabled")},
    )


def _rules() -> Branch:
    return Branch(
        kind="rule",
        when="rules",
        catalog="pg_rewrite",
        oid="w.oid",
        name="w.rulename",
        parent="r.oid",
        source="pg_rewrite w JOIN relation r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'",
        usual={"definition": "pg_get_ruledef(w.oid)", "enabled": STATE.format("w.ev_enabled")},
    )


def _policies() -> Branch:
    return Branch(
        kind="policy",
        when="policies",
        catalog="pg_policy",
        oid="p.oid",
        name="p.polname",
        parent="r.oid",
        source="pg_policy p JOIN relation r ON r.oid = p.polrelid",
        usual={
            "command": "CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' "
            "WHEN 'd' THEN 'delete' ELSE 'all' END",
            "mode": "CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END",
            "roles": """(SELECT string_agg(CASE o WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(o)) END, ', '
                ORDER BY pg_get_userbyid(o) COLLATE "C") FROM unnest(p.polroles) o)""",
            "using": "pg_get_expr(p.polqual, p.polrelid)",
        },
        rare={"check": "pg_get_expr(p.polwithcheck, p.polrelid)"},
    )


def _statistics(major: int) -> Branch:
    return Branch(
        kind="'statistics'",
        when="statistics",
        catalog="pg_statistic_ext",
        oid="e.oid",
        schema="s.nspname",
        name="e.stxname",
        owner="e.stxowner",
        source="pg_statistic_ext e JOIN space s ON s.oid = e.stxnamespace JOIN relation r ON r.oid = e.stxrelid",
        usual={"definition": "pg_get_statisticsobjdef(e.oid)"},
        rare={
            "target": "CASE WHEN e.stxstattarget >= 0 THEN e.stxstattarget END" if major >= 13 else "NULL",
        },
    )

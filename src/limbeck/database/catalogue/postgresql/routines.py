"""How functions, procedures, aggregates and event triggers are read."""

from __future__ import annotations

from limbeck.database.catalogue.postgresql.attached import STATE
from limbeck.database.catalogue.postgresql.branch import Branch, member
from limbeck.database.catalogue.postgresql.scope import WATCH, Scope


def branches(_major: int, scope: Scope) -> tuple[Branch, ...]:
    """All that a server of this major version knows."""
    kinds = (_functions(), _aggregates())
    limited = (kind._replace(source=f"{kind.source} AND {scope.function('p.oid')}") for kind in kinds)
    return (*limited, _event_triggers()) if scope.whole else tuple(limited)


def _routine(kind: str, join: str, where: str, **properties: str) -> Branch:
    return Branch(
        kind=kind,
        when="functions",
        catalog="pg_proc",
        oid="p.oid",
        schema="s.nspname",
        name="p.proname || '(' || oidvectortypes(p.proargtypes) || ')'",
        owner="p.proowner",
        source=f"pg_proc p JOIN space s ON s.oid = p.pronamespace {join} "
        f"WHERE {where} AND NOT {member('pg_proc', 'p.oid')}",
        usual=properties,
    )


def _functions() -> Branch:
    return _routine(
        "CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END",
        "",
        "p.prokind <> 'a'",
        definition="pg_get_functiondef(p.oid)",
    )


def _aggregates() -> Branch:
    parts = {
        "arguments": "pg_get_function_arguments(p.oid)",
        "returns": "format_type(p.prorettype, NULL)",
        "kind": "CASE g.aggkind WHEN 'o' THEN 'ordered set' WHEN 'h' THEN 'hypothetical set' END",
        "sfunc": "g.aggtransfn::regproc",
        "stype": "format_type(g.aggtranstype, NULL)",
        "finalfunc": "NULLIF(g.aggfinalfn::oid, 0)::regproc",
        "combinefunc": "NULLIF(g.aggcombinefn::oid, 0)::regproc",
        "initcond": "quote_literal(g.agginitval)",
        "msfunc": "NULLIF(g.aggmtransfn::oid, 0)::regproc",
        "minvfunc": "NULLIF(g.aggminvtransfn::oid, 0)::regproc",
        "mfinalfunc": "NULLIF(g.aggmfinalfn::oid, 0)::regproc",
        "minitcond": "quote_literal(g.aggminitval)",
        "sortop": "NULLIF(g.aggsortop, 0)::regoperator",
        "parallel": "NULLIF(p.proparallel, 'u')",
    }
    told = ", ".join(f"'{name} ' || ({value})::text" for name, value in parts.items())
    return _routine(
        "'aggregate'",
        "JOIN pg_aggregate g ON g.aggfnoid = p.oid",
        "p.prokind = 'a'",
        definition=f"concat_ws(', ', {told})",
    )


def _event_triggers() -> Branch:
    return Branch(
        kind="'event trigger'",
        when="event triggers",
        catalog="pg_event_trigger",
        oid="e.oid",
        name="e.evtname",
        owner="e.evtowner",
        source=f"pg_event_trigger e WHERE NOT {member('pg_event_trigger', 'e.oid')} "
        f"AND NOT starts_with(e.evtname::text, '{WATCH}')",
        usual={"event": "e.evtevent"},
        rare={
            "function": "e.evtfoid::regprocedure",
            "tags": "array_to_string(e.evttags, ', ')",
            "enabled": STATE.format("e.evtenabled"),
        },
    )

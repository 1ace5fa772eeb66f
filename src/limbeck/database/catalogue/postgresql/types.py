"""How types are read: enums, domains, ranges, and what C code defines; composite types are relations."""

from __future__ import annotations

from limbeck.database.catalogue.postgresql.branch import Branch, member
from limbeck.database.catalogue.postgresql.scope import Scope


def branches(major: int, scope: Scope) -> tuple[Branch, ...]:
    """All that a server of this major version knows."""
    kinds = (_enums(), _domains(), _ranges(major), _base_types())
    return tuple(kind._replace(source=f"{kind.source} AND {scope.type('t.oid')}") for kind in kinds)


def _types(kind: str, letter: str, join: str = "", where: str = "true", **properties: str) -> Branch:
    """Types of one `typtype`."""
    return Branch(
        kind=f"'{kind}'",
        when="types",
        catalog="pg_type",
        oid="t.oid",
        schema="s.nspname",
        name="t.typname",
        owner="t.typowner",
        source=f"""pg_type t JOIN space s ON s.oid = t.typnamespace {join}
            WHERE t.typtype = '{letter}' AND NOT {member("pg_type", "t.oid")} AND {where}""",
        usual=dict(list(properties.items())[:1]),
        rare=dict(list(properties.items())[1:]),
    )


def _enums() -> Branch:
    return _types(
        "enum",
        "e",
        """LEFT JOIN (SELECT enumtypid, string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) AS labels
            FROM pg_enum GROUP BY 1) e ON e.enumtypid = t.oid""",
        labels="COALESCE(e.labels, '')",
    )


def _domains() -> Branch:
    return _types(
        "domain",
        "d",
        """JOIN pg_type base ON base.oid = t.typbasetype LEFT JOIN pg_collation l ON l.oid = t.typcollation
            AND t.typcollation <> base.typcollation LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace""",
        type="format_type(t.typbasetype, t.typtypmod)",
        nullable="CASE WHEN t.typnotnull THEN 'no' ELSE 'yes' END",
        default="pg_get_expr(t.typdefaultbin, 0)",
        collation="quote_ident(ln.nspname) || '.' || quote_ident(l.collname)",
    )


def _ranges(major: int) -> Branch:
    return _types(
        "range",
        "r",
        """JOIN pg_range g ON g.rngtypid = t.oid JOIN pg_opclass o ON o.oid = g.rngsubopc
            JOIN pg_namespace os ON os.oid = o.opcnamespace JOIN pg_type base ON base.oid = g.rngsubtype
            LEFT JOIN pg_collation l ON l.oid = g.rngcollation AND g.rngcollation <> base.typcollation
            LEFT JOIN pg_namespace ls ON ls.oid = l.collnamespace""",
        type="format_type(g.rngsubtype, NULL)",
        **{"operator class": "quote_ident(os.nspname) || '.' || quote_ident(o.opcname)"},
        collation="quote_ident(ls.nspname) || '.' || quote_ident(l.collname)",
        functions="NULLIF(concat_ws(', ', NULLIF(g.rngcanonical, 0)::regproc, NULLIF(g.rngsubdiff, 0)::regproc), '')",
        multirange="format_type(g.rngmultitypid, NULL)" if major >= 14 else "NULL",
    )


def _base_types() -> Branch:
    """Those that CREATE TYPE made of C functions, which no extension brought."""
    return _types(
        "type",
        "b",
        where="NOT (t.typelem <> 0 AND t.typlen = -1 AND t.typcategory = 'A')",
        functions="concat_ws(', ', t.typinput::regproc, t.typoutput::regproc)",
        length="t.typlen",
    )

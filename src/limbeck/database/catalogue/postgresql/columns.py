"""How columns are read: a table's, a view's, a composite type's."""

from __future__ import annotations

from limbeck.database.catalogue.postgresql.branch import Alike, options, rare_texts
from limbeck.database.catalogue.postgresql.notes import granted
from limbeck.database.catalogue.postgresql.scope import Scope


def branches(major: int, scope: Scope) -> tuple[Alike, ...]:
    """All that a server of this major version knows."""
    columns = Alike(
        kind="column",
        catalog="pg_class",
        source=f"""SELECT a.attrelid AS oid, a.attnum AS part, a.attname AS name, a.atttypid, a.atttypmod, a.attnotnull,
                a.attidentity, d.oid AS default_oid, d.adbin::text COLLATE "C" AS default_tree,
                {rare_texts(_rare(major, scope))} COLLATE "C" AS rare
            FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated = ''
            WHERE r.relkind <> 'S'""",
        keys=("atttypid", "atttypmod", "attnotnull", "attidentity", "default_tree"),
        usual={
            "type": "format_type(atttypid, atttypmod)",
            "nullable": "CASE WHEN attnotnull THEN 'no' ELSE 'yes' END",
            # An expression of equal trees is the same in every table: no default reads a column.
            "default": "(SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE oid = min(default_oid))",
            "identity": "CASE attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END",
        },
    )
    return (columns,)


def _rare(major: int, scope: Scope) -> dict[str, str]:
    expression = (
        "(SELECT pg_get_expr(g.adbin, g.adrelid) FROM pg_attrdef g WHERE g.adrelid = a.attrelid AND g.adnum = a.attnum)"
    )
    rare = {
        "generated": f"CASE a.attgenerated WHEN 's' THEN {expression} || ' stored' "
        f"WHEN 'v' THEN {expression} || ' virtual' END",
        "collation": f"CASE WHEN a.attcollation NOT IN (t.typcollation, 0) THEN {_COLLATION} END",
        "storage": "CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'plain' "
        "WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END END",
        "statistics": "CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END",
        "options": options("a.attoptions"),
        "server options": options("a.attfdwoptions"),
        "privileges": f"CASE WHEN a.attacl IS NOT NULL THEN NULLIF({granted('a.attacl', 'r.relowner')}, 'none') END",
        "inherited": "CASE WHEN a.attinhcount > 0 THEN CASE WHEN a.attislocal THEN 'merged' ELSE 'yes' END END",
    }
    if major >= 14:
        rare["compression"] = "CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END"
    if major >= 18:
        rare["not null"] = _odd_not_null(scope)
    return rare


def _odd_not_null(scope: Scope) -> str:
    # From 18 on NOT NULL is a constraint, with a name that is made up for it.  It stays the column's property; only
    # what is odd about it is told besides.
    return f"""CASE WHEN (a.attrelid, a.attnum) IN (SELECT conrelid, conkey[1] FROM pg_constraint
        WHERE contype = 'n' AND (NOT convalidated OR connoinherit) AND {scope.relation("conrelid")})
    THEN (SELECT concat_ws(', ', CASE WHEN NOT convalidated THEN 'not valid' END,
            CASE WHEN connoinherit THEN 'no inherit' END) FROM pg_constraint
        WHERE conrelid = a.attrelid AND contype = 'n' AND conkey[1] = a.attnum) END"""


_COLLATION = (
    "(SELECT quote_ident(n.nspname) || '.' || quote_ident(l.collname) FROM pg_collation l "
    "JOIN pg_namespace n ON n.oid = l.collnamespace WHERE l.oid = a.attcollation)"
)

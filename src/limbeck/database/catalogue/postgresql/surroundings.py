"""How schemas, extensions, foreign servers, default privileges and the rarer kinds of objects are read."""

from __future__ import annotations

from limbeck.database.catalogue.postgresql.branch import Branch, member, no, options
from limbeck.database.catalogue.postgresql.notes import granted
from limbeck.database.catalogue.postgresql.scope import FIRST_OF_USERS, Scope


def branches(major: int, scope: Scope) -> tuple[Branch, ...]:
    """All that a server of this major version knows; nothing of it is looked for among what was touched."""
    if not scope.whole:
        return ()
    return (
        _schemas(),
        _extensions(),
        _servers(),
        _wrappers(),
        _default_privileges(),
        _collations(major),
        _dictionaries(),
        _configurations(),
        _named_only(),
    )


def _schemas() -> Branch:
    return Branch(
        kind="'schema'",
        catalog="pg_namespace",
        oid="s.oid",
        name="s.nspname",
        owner="n.nspowner",
        source=f"space s JOIN pg_namespace n ON n.oid = s.oid WHERE NOT {member('pg_namespace', 's.oid')}",
    )


def _extensions() -> Branch:
    return Branch(
        kind="'extension'",
        catalog="pg_extension",
        oid="e.oid",
        name="e.extname",
        owner="e.extowner",
        source="pg_extension e",
        usual={"version": "e.extversion"},
        rare={"schema": "e.extnamespace::regnamespace"},
    )


def _servers() -> Branch:
    return Branch(
        kind="'foreign server'",
        when="foreign data",
        catalog="pg_foreign_server",
        oid="v.oid",
        name="v.srvname",
        owner="v.srvowner",
        source="pg_foreign_server v JOIN pg_foreign_data_wrapper w ON w.oid = v.srvfdw "
        f"WHERE NOT {member('pg_foreign_server', 'v.oid')}",
        usual={"wrapper": "w.fdwname"},
        rare={
            "type": "v.srvtype",
            "version": "v.srvversion",
            "options": options("v.srvoptions"),
        },
    )


def _wrappers() -> Branch:
    return Branch(
        kind="'foreign data wrapper'",
        when="foreign data",
        catalog="pg_foreign_data_wrapper",
        oid="w.oid",
        name="w.fdwname",
        owner="w.fdwowner",
        source=f"pg_foreign_data_wrapper w WHERE NOT {member('pg_foreign_data_wrapper', 'w.oid')}",
        rare={
            "handler": "NULLIF(w.fdwhandler, 0)::regproc",
            "validator": "NULLIF(w.fdwvalidator, 0)::regproc",
            "options": options("w.fdwoptions"),
        },
    )


def _default_privileges() -> Branch:
    return Branch(
        kind="'default privileges'",
        when="default privileges",
        catalog="pg_default_acl",
        oid="d.oid",
        schema="COALESCE(s.nspname, '')",
        name="CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' "
        "WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END "
        "|| ' made by ' || quote_ident(pg_get_userbyid(d.defaclrole))",
        source="pg_default_acl d LEFT JOIN space s ON s.oid = d.defaclnamespace",
        usual={"privileges": granted("d.defaclacl", "d.defaclrole")},
    )


def _collations(major: int) -> Branch:
    locale = "l.colllocale" if major >= 17 else "l.colliculocale" if major >= 15 else "NULL"
    return Branch(
        kind="'collation'",
        when="collations",
        catalog="pg_collation",
        oid="l.oid",
        schema="s.nspname",
        name="l.collname",
        owner="l.collowner",
        source=f"pg_collation l JOIN space s ON s.oid = l.collnamespace WHERE NOT {member('pg_collation', 'l.oid')}",
        rare={
            "provider": "CASE l.collprovider WHEN 'i' THEN 'icu' WHEN 'c' THEN 'libc' WHEN 'b' THEN 'builtin' "
            "ELSE 'default' END",
            "locale": f"NULLIF(concat_ws(', ', {locale}, l.collcollate, l.collctype), '')",
            "deterministic": no("l.collisdeterministic"),
            "rules": "l.collicurules" if major >= 16 else "NULL",
        },
    )


def _dictionaries() -> Branch:
    return Branch(
        kind="'text search dictionary'",
        when="text search",
        catalog="pg_ts_dict",
        oid="d.oid",
        schema="s.nspname",
        name="d.dictname",
        owner="d.dictowner",
        source="pg_ts_dict d JOIN space s ON s.oid = d.dictnamespace JOIN pg_ts_template p ON p.oid = d.dicttemplate "
        f"WHERE NOT {member('pg_ts_dict', 'd.oid')}",
        usual={"template": "p.tmplname"},
        rare={"options": "d.dictinitoption"},
    )


def _configurations() -> Branch:
    return Branch(
        kind="'text search configuration'",
        when="text search",
        catalog="pg_ts_config",
        oid="c.oid",
        schema="s.nspname",
        name="c.cfgname",
        owner="c.cfgowner",
        source="pg_ts_config c JOIN space s ON s.oid = c.cfgnamespace JOIN pg_ts_parser p ON p.oid = c.cfgparser "
        f"WHERE NOT {member('pg_ts_config', 'c.oid')}",
        usual={"parser": "p.prsname"},
        rare={
            "mapping": "(SELECT string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary, ', ' "
            "ORDER BY m.maptokentype, m.mapseqno) FROM pg_ts_config_map m WHERE m.mapcfg = c.oid)",
        },
    )


def _named_only() -> Branch:
    """What is told by PostgreSQL's own name for it and nothing more."""
    catalogs = ("operator", "opclass", "opfamily", "cast", "conversion", "language", "transform", "am")
    rows = " UNION ALL ".join(
        f"SELECT 'pg_{name}'::regclass::oid AS catalog, oid FROM pg_{name} WHERE oid >= {FIRST_OF_USERS}"
        for name in (*catalogs, "ts_parser", "ts_template")
    )
    return Branch(
        kind="i.type",
        when="rarities",
        catalog="other",
        oid="o.oid",
        schema="COALESCE(i.schema, '')",
        name="CASE WHEN starts_with(i.identity, i.schema || '.') THEN substr(i.identity, length(i.schema) + 2) "
        "ELSE i.identity END",
        source=f"({rows}) o CROSS JOIN LATERAL pg_identify_object(o.catalog, o.oid, 0) i WHERE NOT EXISTS "
        "(SELECT FROM member WHERE classid = o.catalog AND objid = o.oid)",
    )

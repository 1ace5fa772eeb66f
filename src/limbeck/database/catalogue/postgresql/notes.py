"""How comments, privileges and security labels are read: properties that any kind of object may have."""

from __future__ import annotations

from limbeck.database.catalogue.postgresql.branch import Note
from limbeck.database.catalogue.postgresql.scope import Scope

RESERVED = "reserved words"  # no property: which names want quotation marks
# Catalogue, column with the privileges, owner, acldefault's letter for the kind of object, and what there must be.
_GRANTABLE = (
    (
        "pg_class",
        "relacl",
        "relowner",
        "(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END)::\"char\"",
        "privileges on relations",
    ),
    ("pg_proc", "proacl", "proowner", "'f'", "privileges on functions"),
    ("pg_type", "typacl", "typowner", "'T'", "privileges on types"),
    ("pg_namespace", "nspacl", "nspowner", "'n'", ""),
    ("pg_foreign_server", "srvacl", "srvowner", "'S'", "foreign data"),
    ("pg_foreign_data_wrapper", "fdwacl", "fdwowner", "'F'", "foreign data"),
    ("pg_language", "lanacl", "lanowner", "'l'", "languages"),
)


def granted(acl: str, owner: str) -> str:
    """Privileges as text that does not depend on who the owner is: `PUBLIC: USAGE; owner: CREATE, USAGE`."""
    return f"""(SELECT COALESCE(string_agg(who || ': ' || what, '; ' ORDER BY who COLLATE "C"), 'none') FROM (
        SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' WHEN {owner} THEN 'owner'
                ELSE 'role ' || quote_ident(pg_get_userbyid(x.grantee)) END AS who,
            string_agg(x.privilege_type || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '
                ORDER BY x.privilege_type COLLATE "C") AS what
        FROM aclexplode({acl}) x GROUP BY 1) g)"""


def notes(scope: Scope) -> tuple[Note, ...]:
    """All of them."""
    granting = _GRANTABLE if scope.whole else _GRANTABLE[:3]
    noted = scope.noted.format("objoid")
    if scope.whole:
        noted += " OR classoid = 'pg_namespace'::regclass"  # `public` is initdb's
    return (
        *((Note(RESERVED, _RESERVED),) if scope.whole else ()),
        Note("comment", _COMMENTS.format(noted=noted)),
        Note("security label", _LABELS.format(noted=noted), "security labels"),
        *(Note("privileges", _privileges(scope, *words), when) for *words, when in granting),
    )


_RESERVED = """
    SELECT '' AS catalog, 0 AS oid, 0 AS part, string_agg(word, ' ') AS value, NULL AS normal
    FROM pg_get_keywords() WHERE catcode <> 'U'"""
# A composite type is a relation for us, whose comment and privileges are its type's.
_COMMENTS = """
    SELECT CASE WHEN t.oid IS NULL THEN d.classoid::regclass::text ELSE 'pg_class' END AS catalog,
        COALESCE(t.typrelid, d.objoid) AS oid, d.objsubid AS part, d.description AS value, NULL AS normal
    FROM pg_description d
    LEFT JOIN pg_type t ON t.oid = d.objoid AND d.classoid = 'pg_type'::regclass AND t.typrelid <> 0
    WHERE {noted}"""
_LABELS = """
    SELECT classoid::regclass AS catalog, objoid AS oid, objsubid AS part,
        string_agg(provider || ': ' || label, ', ' ORDER BY provider COLLATE "C") AS value, NULL AS normal
    FROM pg_seclabel WHERE {noted} GROUP BY 1, 2, 3"""


def _privileges(scope: Scope, catalog: str, acl: str, owner: str, letter: str) -> str:
    of_type = catalog == "pg_type"
    place = "CASE WHEN o.typrelid <> 0 THEN 'pg_class' ELSE 'pg_type' END" if of_type else f"'{catalog}'"
    oid = "CASE WHEN o.typrelid <> 0 THEN o.typrelid ELSE o.oid END" if of_type else "o.oid"
    limit = "true" if catalog == "pg_namespace" else scope.noted.format("o.oid")
    return f"""
    SELECT {place} AS catalog, {oid} AS oid, 0 AS part, {granted(f"o.{acl}", f"o.{owner}")} AS value,
        {granted(f"acldefault({letter}, o.{owner})", f"o.{owner}")} AS normal
    FROM {catalog} o WHERE o.{acl} IS NOT NULL AND {limit}"""

"""Which kinds of objects a database has at all: what it has none of is not asked for in detail.

To plan a query for rare objects takes longer than to see that there are none, and most databases have none of most.
"""

from __future__ import annotations

from limbeck.database.catalogue.postgresql.scope import FIRST_OF_USERS


def _any(catalog: str, condition: str = "true") -> str:
    return f"EXISTS (SELECT FROM pg_catalog.{catalog} WHERE {condition})"


def _made(*catalogs: str, condition: str = "true") -> str:
    """One of users."""
    return " OR ".join(_any(catalog, f"oid >= {FIRST_OF_USERS} AND {condition}") for catalog in catalogs)


# By the words that parts have as `when`.  Every name is qualified: the search path is still that of the connection.
_CONDITIONS = {
    "security labels": _any("pg_seclabel"),
    "privileges on relations": _made("pg_class", condition="relacl IS NOT NULL"),
    "privileges on functions": _made("pg_proc", condition="proacl IS NOT NULL"),
    "privileges on types": _made("pg_type", condition="typacl IS NOT NULL"),
    "sequences": _any("pg_sequence"),
    "types": _made(
        "pg_type",
        condition="(typtype IN ('e', 'd', 'r') "
        "OR typtype = 'b' AND NOT (typelem <> 0 AND typlen = -1 AND typcategory = 'A'))",
    ),
    "triggers": _any("pg_trigger", "NOT tgisinternal"),
    "rules": _any("pg_rewrite", f"ev_class >= {FIRST_OF_USERS} AND rulename <> '_RETURN'"),
    "policies": _any("pg_policy"),
    "statistics": _any("pg_statistic_ext"),
    "functions": _made("pg_proc"),
    "event triggers": _any("pg_event_trigger"),
    "foreign data": _any("pg_foreign_data_wrapper"),
    "default privileges": _any("pg_default_acl"),
    "collations": _made("pg_collation"),
    "text search": _made("pg_ts_dict", "pg_ts_config"),
    "languages": _made("pg_language"),
    "rarities": _made(
        *("pg_operator", "pg_opclass", "pg_opfamily", "pg_cast", "pg_conversion", "pg_language", "pg_transform"),
        *("pg_am", "pg_ts_parser", "pg_ts_template"),
    ),
}
# An expression for the words of those that there are, with commas between and around.
PRESENT = (
    "pg_catalog.concat(',', "
    + ", ".join(f"CASE WHEN {condition} THEN '{word},' END" for word, condition in _CONDITIONS.items())
    + ")"
)
EVERYTHING = f",{','.join(_CONDITIONS)},"


def there(when: str, present: str) -> bool:
    """Whether what has this `when` may be there, by the value of PRESENT; without a `when` it always may."""
    assert not when or when in _CONDITIONS, when
    return not when or f",{when}," in present


def more(present: str, before: str) -> bool:
    """Whether something is there that was not before."""
    return not _words(present) <= _words(before)


def _words(present: str) -> set[str]:
    return set(present.split(","))

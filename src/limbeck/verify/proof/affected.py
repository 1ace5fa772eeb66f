"""Whose rows statements can have changed, as far as their texts tell: what cannot have changed is not read again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from limbeck.database.catalogue import Catalogue, Identity, Kind
from limbeck.sql.words import names_in, split
from limbeck.verify.proof.trip import Issued

# What changes no rows but of the tables that it names.  A function may do anything, a type changes how rows read.
_OF_NAMED_TABLES = re.compile(
    r"\s*(create\s+(unlogged\s+)?table\b(?!.*\bas\b)|create\s+(unique\s+)?index\b|drop\s+(index|table)\b(?!.*\bcascade\b)"
    r"|alter\s+(table|index)\b|comment\s+on\b|create\s+(type|sequence)\b)",
    re.IGNORECASE | re.DOTALL,
)

_ROWS = re.compile(r"\s*(insert|update|delete|select)\b", re.IGNORECASE)
_WRITES_ROWS = re.compile(r"\s*(insert|update|delete)\b", re.IGNORECASE)
_OF_FAMILIES = frozenset({"partition", "attach", "detach", "inherit", "inherits"})


_OF_NO_NEW_TABLE = re.compile(
    r"\s*(alter\s+table|create\s+(unique\s+)?index|drop\s+index|comment\s+on|insert|update|delete)\b", re.IGNORECASE
)


def makes_no_table(issued: Iterable[Issued]) -> bool:
    """Whether the statements are of kinds that make no table, whatever is in the database."""
    return all(_OF_NO_NEW_TABLE.match(statement) for each in issued for statement in split(each.sql))


def is_noted(issued: Iterable[Issued]) -> bool:
    """Whether the statements are of the kinds of which a watched database is known to note all that they touch."""
    return all(_is_noted(statement) for each in issued for statement in split(each.sql))


@lru_cache(maxsize=4096)  # an upgrade is played twice
def _is_noted(statement: str) -> bool:
    names = names_in(statement)
    if _WRITES_ROWS.match(statement) and any(name.startswith("pg_") for name in names):
        return False  # no event trigger tells of rows of the server's own tables (DELETE FROM pg_enum)
    return not _OF_FAMILIES & names and (_is_of_named_tables(statement) or bool(_ROWS.match(statement)))


def changes_no_rows(issued: Iterable[Issued]) -> bool:
    """Whether the statements are of kinds that write no row, whatever is in the database."""
    return all(_is_of_named_tables(statement) for each in issued for statement in split(each.sql))


@lru_cache(maxsize=4096)  # an upgrade is played twice
def _is_of_named_tables(statement: str) -> bool:
    return _OF_NAMED_TABLES.match(statement) is not None


def affected(issued: Iterable[Issued], before: Catalogue, after: Catalogue) -> frozenset[Identity]:
    """The tables of either catalogue whose rows may be others."""
    tables = frozenset((*before.of_kind(Kind.TABLE), *after.of_kind(Kind.TABLE)))
    names: set[str] = set()
    for each in issued:
        statements = split(each.sql)
        if not all(map(_is_of_named_tables, statements)):
            return tables
        names.update(*(names_in(statement) for statement in statements))
    return frozenset(table for table in tables if table.name in names or _is_part(table, before, after))


def _is_part(table: Identity, before: Catalogue, after: Catalogue) -> bool:
    """Whether it has rows in common with another table, or its columns from one."""
    found = (catalogue.objects.get(table, {}) for catalogue in (before, after))
    return any("partition of" in each or "inherits" in each or "partitioned by" in each for each in found)

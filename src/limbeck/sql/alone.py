"""Statements that PostgreSQL executes by themselves only, never in a transaction with others (SQLSTATE 25001)."""

from __future__ import annotations

from functools import lru_cache

from limbeck.sql.tokens import Kind, Token, statements

# Of which each such statement has one; it saves reading most of the others.
_TELLING = (
    *("concurrently", "vacuum", "reindex", "cluster", "tablespace", "database", "system", "subscription", "discard"),
    "prepared",
)
_MANY_TABLES = ("schema", "database", "system")
_WITHOUT_SLOT = {"connect", "create_slot", "slot_name"}


@lru_cache(maxsize=64)  # several ask about the same statement, one after the other
def alone(sql: str) -> str | None:
    """What to call the first statement of the text that PostgreSQL refuses in a transaction; None without one.

    Those that are refused for what they are about, not for what they say (REINDEX of a partitioned table), are not
    known here.
    """
    if not any(map(sql.lower().__contains__, _TELLING)):
        return None
    for statement in statements(sql, "postgresql"):
        name = _alone(statement)
        if name is not None:
            return name
    return None


def _alone(statement: list[Token]) -> str | None:
    words = [token.word for token in statement]
    first, rest = words[0], words[1:]
    if first == "vacuum":
        return "VACUUM"
    if first == "alter":
        return _alter(rest)
    if first in ("create", "drop"):
        return _create_or_drop(first, [word for word in rest if word != "unique"][:2], statement)
    if first == "reindex":
        return _reindex(statement[1:])
    if first == "cluster" and all(word in ("", "verbose") for word in rest) and _no_name(statement):
        return "CLUSTER of all tables"
    if first == "discard" and rest[:1] == ["all"]:
        return "DISCARD ALL"
    if first in ("commit", "rollback") and rest[:1] == ["prepared"]:
        return f"{first.upper()} PREPARED"
    return None


def _create_or_drop(verb: str, what: list[str], statement: list[Token]) -> str | None:
    if what == ["index", "concurrently"]:
        return f"{verb.upper()} INDEX CONCURRENTLY"
    if what[:1] in (["database"], ["tablespace"]):
        return f"{verb} {what[0]}".upper()
    words = {token.word for token in statement}
    if what[:1] == ["subscription"] and verb == "create" and not words & _WITHOUT_SLOT:
        return "CREATE SUBSCRIPTION"
    return None


def _alter(words: list[str]) -> str | None:
    if words[:1] == ["system"]:
        return "ALTER SYSTEM"
    if words[:1] == ["database"] and ["set", "tablespace"] in _pairs(words):
        return "ALTER DATABASE … SET TABLESPACE"
    if words[:1] == ["table"] and ["detach", "partition"] in _pairs(words) and words[-1] == "concurrently":
        return "DETACH PARTITION … CONCURRENTLY"
    return None


def _reindex(tokens: list[Token]) -> str | None:
    """REINDEX [(options)] what [CONCURRENTLY] name."""
    words = [token.word or token.value for token in tokens]
    options: list[str] = []
    if words[:1] == ["("] and ")" in words:
        end = words.index(")")
        options, words = words[1 : end + 1], words[end + 1 :]
    switched = [after for option, after in _pairs(options) if option == "concurrently"]
    what = words[:2]
    if what[1:] == ["concurrently"] or (switched and switched[-1] not in ("false", "off", "0")):
        return "REINDEX CONCURRENTLY"
    return f"REINDEX {what[0].upper()}" if what and what[0] in _MANY_TABLES else None


def _pairs(words: list[str]) -> list[list[str]]:
    return [words[place : place + 2] for place in range(len(words) - 1)]


def _no_name(statement: list[Token]) -> bool:
    return all(token.kind is not Kind.NAME for token in statement)

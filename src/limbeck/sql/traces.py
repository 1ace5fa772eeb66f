"""What a statement leaves behind, for a revision that is interrupted and then goes on behind it."""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise

from limbeck.sql.alone import alone
from limbeck.sql.implicit_commit import commits_implicitly
from limbeck.sql.opening import first_word
from limbeck.sql.tokens import MYSQL, Kind, tokens


class Trace(Enum):
    """What is there of a statement after it has run."""

    NOTHING = "nothing"  # it reads
    SESSION = "session"  # something of its session or transaction: a setting, a savepoint, a lock
    TEMPORARY = "temporary"  # a temporary table, which goes with its session
    CHANGE = "change"  # a change that is committed with its transaction
    COMMITTED = "committed"  # a change that commits by itself, and what came before it
    ALONE = "alone"  # a change that is made in no transaction
    UNKNOWN = "unknown"  # it calls a procedure, which may do any of these


_QUERIES = frozenset(("select", "with", "values", "table"))
_READING = frozenset(("show", "explain", "describe", "desc", "help"))
_CHANGING = frozenset(("insert", "update", "delete", "merge", "into", "analyze"))
_OF_TRANSACTIONS = ("begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release")
_SESSION = {
    "postgresql": frozenset(
        (
            *(*_OF_TRANSACTIONS, "set", "reset", "discard", "prepare", "deallocate", "declare", "fetch", "move"),
            *("close", "listen", "unlisten", "notify", "load", "lock", "checkpoint"),
        )
    ),
    "mysql": frozenset(
        (
            *(*_OF_TRANSACTIONS, "set", "use", "lock", "unlock", "xa", "prepare", "deallocate", "flush", "reset"),
            *("handler", "check", "cache", "kill"),
        )
    ),
    "sqlite": frozenset((*_OF_TRANSACTIONS, "pragma", "attach", "detach")),
}
_TEMPORARY = re.compile(
    r"\W*(create(\s+or\s+replace)?(\s+(global|local))?|drop)\s+temp(orary)?\s|\W*select\b.*\binto\s+temp(orary)?\s",
    re.IGNORECASE | re.DOTALL,
)
_MAY_BE_TEMPORARY = ("create", "drop", "select")
_ENDS_TRANSACTION = re.compile(r"\b(commit|rollback)\b", re.IGNORECASE)
_CATALOGUE = re.compile(r"\b(pg_catalog|information_schema|sqlite_master|pg_\w+)\b", re.IGNORECASE)
# Words that stand before a parenthesis and call nothing which could change a row.
_HARMLESS = frozenset(
    (
        *("count", "min", "max", "sum", "avg", "coalesce", "nullif", "lower", "upper", "length", "now", "exists", "in"),
        *("and", "or", "not", "from", "where", "as", "values", "any", "all", "some", "over", "select", "cast", "abs"),
        *("greatest", "least", "version", "database", "schema", "array", "row", "extract", "substring", "substr"),
        *("trim", "replace", "round", "join", "on", "then", "else", "when", "case", "filter", "lateral", "union"),
        *("except", "intersect", "by", "partition", "concat", "using", "limit", "if", "ifnull", "having", "with", "is"),
        *("current_schema", "current_database", "current_setting", "set_config", "setval", "nextval", "currval"),
        *("lastval", "last_insert_id", "format", "to_regclass", "to_regtype", "array_agg", "string_agg", "unnest"),
        *("group_concat", "generate_series", "sleep", "varchar", "char", "numeric", "decimal", "timestamp", "time"),
    )
)


def trace_of(sql: str, dialect: str) -> Trace:
    """What the text leaves behind.

    Args:
        dialect: SQLAlchemy's name.
    """
    family = "mysql" if dialect in MYSQL else dialect
    word = first_word(sql)
    if family == "postgresql":
        if word != "discard" and alone(sql) is not None:
            return Trace.ALONE
        if ";" in sql and ";" in sql.strip().rstrip(";") and word != "do":
            return Trace.CHANGE  # several statements, it may be
    if word in _MAY_BE_TEMPORARY and _TEMPORARY.match(sql) is not None:
        return Trace.TEMPORARY
    if word in _SESSION.get(family, ()):
        return Trace.SESSION
    if word in _QUERIES or word in _READING:
        return Trace.CHANGE if _has(sql, _CHANGING, family) and "@" not in sql else Trace.NOTHING
    if word == "vacuum":
        return Trace.ALONE
    if word == "call" or (word in ("execute", "do") and family == "mysql"):
        return Trace.UNKNOWN
    if word == "do" and _ENDS_TRANSACTION.search(sql):
        return Trace.UNKNOWN
    return Trace.COMMITTED if family == "mysql" and commits_implicitly(sql) else Trace.CHANGE


def functions(sql: str, dialect: str) -> tuple[str, ...]:
    """Names of the functions that a query calls and that may, for all that is known here, change something."""
    if "(" not in sql or _CATALOGUE.search(sql) is not None:
        return ()
    called = {
        token.value.lower()
        for token, following in pairwise(tokens(sql, dialect))
        if following.value == "(" and following.kind is Kind.SIGN and token.kind in (Kind.WORD, Kind.NAME)
    }
    return tuple(sorted(called - _HARMLESS))


def _has(sql: str, words: frozenset[str], family: str) -> bool:
    lower = sql.lower()
    if not any(word in lower for word in words):
        return False
    return any(token.word in words for token in tokens(sql, family))

"""From the text of SQL to its effects.

What is not understood is taken for what may change any row: a check that follows from it would not be sure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from limbeck.model.effects import (
    AddLabel,
    ChangeRows,
    CreateEnum,
    CreateTable,
    DeleteRows,
    DropTable,
    Effect,
    ForeignKeysUnchecked,
    MakeTrigger,
    RenameTable,
    RenameType,
)
from limbeck.sql.alter_table import altered_table
from limbeck.sql.cursor import Cursor, NotUnderstood
from limbeck.sql.indexes import created_index
from limbeck.sql.tokens import Kind, Token, statements, tokens

ANY_ROWS = ChangeRows(None)

# Statements that leave every row as it is, by their first word.
_HARMLESS = frozenset(
    (
        *("show", "explain", "describe", "desc", "analyze", "vacuum", "comment", "grant", "revoke", "security"),
        *("begin", "start", "commit", "end", "rollback", "savepoint", "release", "reset", "discard", "use", "values"),
        *("lock", "unlock", "reindex", "cluster", "refresh", "listen", "notify", "unlisten", "flush", "optimize"),
        *("check", "repair", "checkpoint", "reassign"),
    )
)
_CHANGING = frozenset({"insert", "update", "delete", "merge", "truncate", "replace", "copy", "load", "import"})
_IN_BLOCKS = _CHANGING | {"alter", "drop", "rename"}
_OPAQUE_IN_BLOCKS = frozenset({"execute", "perform", "call"})
# Functions that change no row of a table.
_HARMLESS_FUNCTIONS = frozenset(
    (
        *("count", "min", "max", "sum", "avg", "coalesce", "nullif", "lower", "upper", "length", "now", "round"),
        *("cast", "abs", "greatest", "least", "concat", "substring", "substr", "trim", "replace", "version"),
        *("setval", "nextval", "currval", "lastval", "pg_get_serial_sequence", "current_setting", "set_config"),
        *("pg_advisory_lock", "pg_advisory_xact_lock", "pg_try_advisory_lock", "to_regclass", "to_regtype"),
        *("current_database", "current_schema", "array_agg", "string_agg", "last_insert_rowid"),
        # No functions, and yet before a parenthesis.
        *("exists", "in", "and", "or", "not", "from", "where", "as", "values", "any", "all", "over", "select", "join"),
        *("on", "then", "else", "when", "filter", "lateral", "union", "except", "intersect", "by", "partition"),
    )
)


def effects_of(sql: str, dialect: str) -> tuple[Effect, ...]:
    """The effects of every statement in the text, in their order.

    Args:
        dialect: SQLAlchemy's name.
    """
    found: list[Effect] = []
    for statement in statements(sql, dialect):
        cursor = Cursor(sql, statement, dialect)
        try:
            found += list(_statement(cursor))
        except NotUnderstood:
            found.append(ANY_ROWS)
    return tuple(found)


def _statement(cursor: Cursor) -> Iterator[Effect]:
    first = cursor.peek().word
    read = _READERS.get(first)
    if read is not None:
        cursor.skip()
        yield from read(cursor)
    elif first in _CHANGING or (first == "with" and _CHANGING & cursor.words):
        yield from _changes(cursor, first)
    elif first in ("select", "with", "table", "pragma") or (first == "" and cursor.sign("(")):
        if first != "pragma" and _calls(cursor.rest) - _HARMLESS_FUNCTIONS:
            yield ANY_ROWS
        elif first == "pragma" and "foreign_keys" in cursor.words:
            yield ForeignKeysUnchecked()
    elif first not in _HARMLESS:
        yield ANY_ROWS


def _calls(found: list[Token]) -> set[str]:
    """The names before a parenthesis."""
    return {
        token.value.lower()
        for token, after in pairwise(found)
        if after.value == "(" and after.kind is Kind.SIGN and token.kind in (Kind.WORD, Kind.NAME)
    }


def _changes(cursor: Cursor, first: str) -> Iterator[Effect]:
    words = cursor.words
    if first == "delete":
        yield from _deleted(cursor)
    elif first == "truncate":
        cursor.skip()
        cursor.take("table")
        cursor.take("only")
        for part in cursor.before("restart", "continue", "cascade", "restrict").parts():
            yield DeleteRows(part.table(), None)
    yield ChangeRows(words)


def _deleted(cursor: Cursor) -> Iterator[Effect]:
    """DELETE FROM one table, with a condition of its own or none; of any other form only the table is told."""
    cursor.skip()
    cursor.take("from")
    cursor.take("only")
    table = cursor.table()
    if cursor.done:
        yield DeleteRows(table, None)
    elif cursor.take("where"):
        yield DeleteRows(table, cursor.before("returning", "order", "limit").text)
    else:
        yield DeleteRows(table, None, exact=False)


def _create(cursor: Cursor) -> Iterator[Effect]:
    cursor.take("or", "replace")
    while cursor.take_any("temp", "temporary", "global", "local", "unlogged", "materialized", "virtual", "constraint"):
        pass
    unique = cursor.take("unique")
    if cursor.take("index"):
        yield from created_index(cursor, unique=unique)
    elif cursor.take("table"):
        if_not_exists = cursor.take("if", "not", "exists")
        yield CreateTable(cursor.table(), if_not_exists)
    elif cursor.take("type"):
        name = cursor.table()
        if cursor.take("as", "enum"):
            inside = cursor.inside()
            yield CreateEnum(name, tuple(token.value for token in inside.rest if token.kind is Kind.STRING))
    elif cursor.take_any("trigger", "rule", "event"):
        yield MakeTrigger()


def _alter(cursor: Cursor) -> Iterator[Effect]:
    cursor.take("online")
    if cursor.take("ignore"):  # MariaDB: rows that are in the way go
        yield ANY_ROWS
    if cursor.take("table"):
        yield from altered_table(cursor)
    elif cursor.take("type"):
        name = cursor.table()
        if cursor.take("rename", "to"):
            yield RenameType(name, cursor.table())
        elif cursor.take("add", "value"):
            cursor.take("if", "not", "exists")
            yield AddLabel(name, cursor.peek().value)
        elif cursor.take("rename", "value"):
            yield ANY_ROWS


def _drop(cursor: Cursor) -> Iterator[Effect]:
    cursor.take("temporary")
    if cursor.take_any("table", "foreign"):
        cursor.take("table")
        cursor.take("if", "exists")
        for part in cursor.before("cascade", "restrict").parts():
            yield DropTable(part.table())
    elif cursor.take_any("schema", "database", "owned", "extension"):
        yield ANY_ROWS


def _rename(cursor: Cursor) -> Iterator[Effect]:
    if not cursor.take("table"):
        raise NotUnderstood("RENAME of something else than a table")
    for part in cursor.parts():
        old = part.table()
        part.take("to")
        yield RenameTable(old, part.table())


def _set(cursor: Cursor) -> Iterator[Effect]:
    words = cursor.words
    if "foreign_key_checks" in words or "session_replication_role" in words:
        yield ForeignKeysUnchecked()
    elif "sql_mode" in words:  # of MySQL: what does not fit is cut, and what is missing filled
        yield ANY_ROWS
    elif cursor.take("statement"):  # MariaDB: settings for the statement behind FOR
        cursor.before("for")
        if cursor.take("for"):
            yield from _statement(cursor)


def _do(cursor: Cursor) -> Iterator[Effect]:
    """A block of code: what its words could do."""
    body = next((token.value for token in cursor.rest if token.kind is Kind.STRING), "")
    words = frozenset(token.value.lower() for token in tokens(body, cursor.dialect) if token.kind is not Kind.STRING)
    if words & _OPAQUE_IN_BLOCKS:
        yield ANY_ROWS
    elif words & _IN_BLOCKS:
        yield ChangeRows(words)


_READERS: dict[str, Callable[[Cursor], Iterator[Effect]]] = {
    "create": _create,
    "alter": _alter,
    "drop": _drop,
    "rename": _rename,
    "set": _set,
    "do": _do,
}

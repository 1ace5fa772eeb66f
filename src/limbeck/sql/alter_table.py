"""ALTER TABLE, action by action, in the words of PostgreSQL, MySQL, MariaDB and SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from limbeck.model.effects import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddUnique,
    ChangeRows,
    ChangeType,
    DropColumn,
    Effect,
    Element,
    RenameColumn,
    RenameTable,
    SetNotNull,
    TableName,
    ValidateConstraint,
)
from limbeck.sql.columns import definition
from limbeck.sql.cursor import Cursor
from limbeck.sql.indexes import elements
from limbeck.sql.tokens import Kind

_CONSTRAINT = (
    "constraint",
    "unique",
    "primary",
    "foreign",
    "check",
    "exclude",
    "index",
    "key",
    "fulltext",
    "spatial",
    "not",
)


def altered_table(cursor: Cursor) -> Iterator[Effect]:
    """The effects of what follows ALTER TABLE.

    Raises:
        NotUnderstood: it is not of the form that was expected.
    """
    cursor.take("if", "exists")
    only = cursor.take("only")
    table = cursor.table()
    cursor.take_sign("*")
    for action in cursor.parts():
        for effect in _action(table, action):
            yield effect._replace(only=True) if only and isinstance(effect, (SetNotNull, AddCheck)) else effect


def _action(table: TableName, action: Cursor) -> Iterator[Effect]:
    if action.take("add"):
        yield from _add(table, action)
    elif action.take("drop"):
        yield from _drop(table, action)
    elif action.take("alter"):
        yield from _alter_column(table, action)
    elif action.take("modify"):
        action.take("column")
        action.take("if", "exists")
        yield from _redefined(table, action.name(), action)
    elif action.take("change"):
        action.take("column")
        action.take("if", "exists")
        column, new = action.name(), action.name()
        yield from _redefined(table, column, action)
        if new.lower() != column.lower():
            yield RenameColumn(table, column, new)
    elif action.take("rename"):
        yield from _rename(table, action)
    elif action.take("validate", "constraint"):
        yield ValidateConstraint(table, action.name())
    elif action.take("set", "schema"):
        yield RenameTable(table, TableName(table.name, action.name()))
    elif any(token.word == "partition" for token in action.rest):
        yield ChangeRows(frozenset({table.name.lower()}))


def _add(table: TableName, action: Cursor) -> Iterator[Effect]:
    if action.peek().word in _CONSTRAINT and action.peek().kind is Kind.WORD and not _is_column_named(action):
        yield from added_constraint(table, action)
        return
    action.take("column")
    if_not_exists = action.take("if", "not", "exists")
    if action.sign("("):
        for part in action.inside().parts():
            if part.peek().word in _CONSTRAINT:
                yield from added_constraint(table, part)
            else:
                yield from _new_column(table, part, if_not_exists)
    elif not action.done:
        yield from _new_column(table, action, if_not_exists)


def _is_column_named(action: Cursor) -> bool:
    """`ADD key varchar(10)`: a column may be called as a constraint is; only where a type follows."""
    return action.peek().word in ("key", "index") and action.peek(1).word in ("varchar", "text", "integer", "int")


def _new_column(table: TableName, part: Cursor, if_not_exists: bool) -> Iterator[Effect]:
    name = part.name()
    column = definition(part)
    required = column.not_null and not column.has_value
    yield AddColumn(table, name, column.type, required, if_not_exists, column.has_value)


def _drop(table: TableName, action: Cursor) -> Iterator[Effect]:
    if action.take("partition"):
        yield ChangeRows(frozenset({table.name.lower()}))
    elif action.take_any("constraint", "primary", "foreign", "index", "key", "check", "period", "system"):
        return
    else:
        action.take("column")
        action.take("if", "exists")
        yield DropColumn(table, action.name())


def _alter_column(table: TableName, action: Cursor) -> Iterator[Effect]:
    if action.take_any("constraint", "index", "check"):
        return
    action.take("column")
    column = action.name()
    if action.take("set", "not", "null"):
        yield SetNotNull(table, column)
    elif action.take("type") or action.take("set", "data", "type"):
        type_ = " ".join(action.before("collate", "using").text.split())
        action.before("using")
        using = action.text if action.take("using") else None
        yield ChangeType(table, column, type_, using)


def _redefined(table: TableName, column: str, action: Cursor) -> Iterator[Effect]:
    """MySQL's MODIFY and CHANGE state the whole column anew."""
    told = definition(action)
    yield ChangeType(table, column, told.type)
    if told.not_null:
        yield SetNotNull(table, column)
    if told.unique:
        yield AddUnique(table, (Element(column, column),))


def _rename(table: TableName, action: Cursor) -> Iterator[Effect]:
    if action.take_any("constraint", "index", "key"):
        return
    if action.take("to") or action.take("as"):
        new = action.table()
        yield RenameTable(table, TableName(new.name, new.schema or table.schema))
        return
    action.take("column")
    column = action.name()
    if action.take("to"):
        yield RenameColumn(table, column, action.name())


def added_constraint(table: TableName, cursor: Cursor) -> Iterator[Effect]:
    """The effects of a constraint, from its CONSTRAINT or its kind on."""
    name = None
    if cursor.take("constraint"):
        cursor.take("if", "not", "exists")
        if cursor.peek().word not in ("unique", "primary", "foreign", "check", "exclude", "not"):
            name = cursor.name()
    if cursor.take("primary", "key"):
        yield from _unique(table, cursor, name, primary=True)
    elif cursor.take("unique"):
        cursor.take_any("index", "key")
        yield from _unique(table, cursor, name, primary=False)
    elif cursor.take("foreign", "key"):
        yield _foreign_key(table, cursor, name)
    elif cursor.take("check"):
        condition = cursor.inside().text
        validated, only = not _says(cursor, "not", "valid", "not", "enforced"), _says(cursor, "no", "inherit")
        yield AddCheck(table, condition, name, validated, only)
    elif cursor.take("not", "null"):
        column = cursor.name()
        if not _says(cursor, "not", "valid"):
            yield SetNotNull(table, column, only=_says(cursor, "no", "inherit"))


def _unique(table: TableName, cursor: Cursor, name: str | None, *, primary: bool) -> Iterator[Effect]:
    if cursor.take("using", "index"):
        return  # the index is there already
    nulls_equal = cursor.take("nulls", "not", "distinct")
    cursor.take("nulls", "distinct")
    if_not_exists = cursor.take("if", "not", "exists")
    if not cursor.sign("(") and cursor.peek().word != "using":
        name = cursor.name()
    if cursor.take("using"):
        cursor.name()
    yield AddUnique(table, elements(cursor.inside()), name, None, nulls_equal, primary, if_not_exists)


def _foreign_key(table: TableName, cursor: Cursor, name: str | None) -> AddForeignKey:
    if not cursor.sign("("):
        name = cursor.name()
    columns = cursor.column_names()
    cursor.before("references")
    cursor.take("references")
    referent = cursor.table()
    referent_columns = cursor.column_names() if cursor.sign("(") else ()
    validated = not _says(cursor, "not", "valid", "not", "enforced")
    return AddForeignKey(
        table, columns, referent, referent_columns, name, validated, full=_says(cursor, "match", "full")
    )


def _says(cursor: Cursor, *pairs: str) -> bool:
    """Whether one of the pairs of words stands in what is left."""
    words = [token.word for token in cursor.rest]
    wanted = set(zip(pairs[::2], pairs[1::2], strict=True))
    return bool(wanted & set(pairwise(words)))

"""What each of Alembic's operations does, in short words, from the call as it is written."""

from __future__ import annotations

import ast
from collections.abc import Callable

from limbeck.graph.columns import column_details, column_name, constraint_phrase, is_column, server_default, type_name
from limbeck.graph.phrases import Change, Name, Phrase, listed
from limbeck.graph.scope import Handle, Scope, code_of, shortened
from limbeck.graph.sql_words import SQL_WIDTH, sql_change, table_label


class Operation:
    """One call through `op` or through a batch, with its arguments by their names."""

    def __init__(self, call: ast.Call, name: str, handle: Handle, scope: Scope) -> None:
        """`name` is the operation's own, without the handle."""
        self.call = call
        self.name = name
        self.scope = scope
        self.batch = handle.table

    def argument(self, position: int, keyword: str) -> ast.expr | None:
        """The argument at that place, counted as in a call through `op` with the table left out in a batch."""
        for given in self.call.keywords:
            if given.arg == keyword:
                return given.value
        plain = self.call.args
        if position < len(plain) and not any(isinstance(part, ast.Starred) for part in plain[: position + 1]):
            return plain[position]
        return None

    def given(self, keyword: str) -> ast.expr | None:
        """An argument that is only ever given by keyword."""
        return self.argument(len(self.call.args), keyword)

    def text(self, position: int, keyword: str) -> str:
        """That argument as a name to show."""
        node = self.argument(position, keyword)
        return "(unnamed)" if node is not None and _is_none(node) else self.scope.label(node)

    def table(self, position: int, keyword: str = "table_name") -> str:
        """The table: of the batch, else of that argument, with its schema when one is given."""
        table = self.batch if self.batch is not None else self.text(position, keyword)
        schema = self.scope.text(self.given("schema")) if self.batch is None else None
        return f"{schema}.{table}" if schema else table

    def column(self, position: int, keyword: str) -> tuple[int, str]:
        """Where the arguments behind the table begin: one earlier in a batch."""
        place = position - 1 if self.batch is not None else position
        return place, self.text(place, keyword)

    def names(self, position: int, keyword: str) -> list[str]:
        """A list of columns."""
        node = self.argument(position, keyword)
        node = self.scope.value(node) if node is not None else None
        if isinstance(node, (ast.List, ast.Tuple)):
            return [shortened(self.scope.label(part), 60) for part in node.elts]
        return [] if node is None else [self.scope.label(node)]

    def change(self, *phrase: str, details: tuple[Phrase, ...] = (), sql: str | None = None) -> Change:
        """A change at the line of this call."""
        return Change(tuple(phrase), self.call.lineno, details, sql)


def operation_change(operation: Operation) -> Change:
    """The words for an operation; one that is not known is shown as a call."""
    describe = _OPERATIONS.get(operation.name)
    if describe is not None:
        return describe(operation)
    return operation.change("calls ", Name(code_of(operation.call, SQL_WIDTH)))


def _create_table(operation: Operation) -> Change:
    scope = operation.scope
    parts = [scope.value(part) for part in operation.call.args[1:]]
    names = [column_name(part, scope) for part in parts if is_column(part)]
    names += ["…"] * sum(isinstance(part, ast.Starred) for part in parts)
    details = tuple(
        (Name(column_name(part, scope)), ": ", *column_details(part, scope))
        if is_column(part)
        else constraint_phrase(part, scope)
        for part in parts
        if isinstance(part, ast.Call)
    )
    return operation.change("creates table ", Name(operation.table(0)), *listed(names, 16), details=details)


def _drop_table(operation: Operation) -> Change:
    return operation.change("drops table ", Name(operation.table(0)))


def _rename_table(operation: Operation) -> Change:
    return operation.change(
        "renames table ", Name(operation.table(0, "old_table_name")), " to ", Name(operation.text(1, "new_table_name"))
    )


def _add_column(operation: Operation) -> Change:
    place = 0 if operation.batch is not None else 1
    node = operation.argument(place, "column")
    column = operation.scope.value(node) if node is not None else None
    if column is None or not is_column(column):
        name = code_of(column, 60) if column is not None else "?"
        return operation.change("adds column ", Name(name), " to ", Name(operation.table(0)))
    name = column_name(column, operation.scope)
    details = column_details(column, operation.scope)
    return operation.change("adds column ", Name(f"{operation.table(0)}.{name}"), details=(details,) if details else ())


def _drop_column(operation: Operation) -> Change:
    return operation.change("drops column ", Name(f"{operation.table(0)}.{operation.column(1, 'column_name')[1]}"))


def _alter_column(operation: Operation) -> Change:
    scope = operation.scope
    column = f"{operation.table(0)}.{operation.column(1, 'column_name')[1]}"
    new_name = operation.given("new_column_name") or operation.given("name")
    parts: list[Phrase] = []
    nullable = operation.given("nullable")
    if isinstance(nullable, ast.Constant):
        parts.append(("may be NULL",) if nullable.value else ("not NULL",))
    elif nullable is not None:
        parts.append(("nullable ", Name(code_of(nullable, 40))))
    type_ = operation.given("type_")
    if type_ is not None:
        parts.append(("type ", Name(type_name(type_))))
    default = operation.given("server_default")
    if default is not None:
        parts.append(server_default(default, scope) or ("no server default",))
    comment = operation.given("comment")
    if comment is not None:
        parts.append(("comment",) if scope.text(comment) else ("no comment",))
    if new_name is not None and not parts:
        return operation.change("renames column ", Name(column), " to ", Name(scope.label(new_name)))
    if new_name is not None:
        parts.append(("name ", Name(scope.label(new_name))))
    phrase = [word for part in parts for word in (", ", *part)][1:]
    return operation.change("changes column ", Name(column), *((": ", *phrase) if phrase else ()))


def _create_index(operation: Operation) -> Change:
    place = 1 if operation.batch is not None else 2
    kind = "creates unique index " if _is_true(operation.given("unique")) else "creates index "
    where = operation.scope.text(operation.given("postgresql_where") or operation.given("sqlite_where"))
    condition: Phrase = (", where ", Name(shortened(where, 60))) if where else ()
    quietly = ", concurrently" if _is_true(operation.given("postgresql_concurrently")) else ""
    return operation.change(
        kind,
        Name(operation.text(0, "index_name")),
        " on ",
        Name(operation.table(1)),
        *listed(operation.names(place, "columns")),
        *condition,
        *((quietly,) if quietly else ()),
    )


def _drop_index(operation: Operation) -> Change:
    table = operation.batch is not None or operation.argument(1, "table_name") is not None
    of: Phrase = (" of ", Name(operation.table(1))) if table else ()
    return operation.change("drops index ", Name(operation.text(0, "index_name")), *of)


def _create_foreign_key(operation: Operation) -> Change:
    before = 1 if operation.batch is not None else 0
    return operation.change(
        "adds foreign key ",
        *_optional_name(operation),
        "from ",
        Name(operation.table(1, "source_table")),
        *listed(operation.names(3 - before, "local_cols")),
        " to ",
        Name(operation.text(2 - before, "referent_table")),
        *listed(operation.names(4 - before, "remote_cols")),
    )


def _constraint(kind: str) -> Callable[[Operation], Change]:
    def describe(operation: Operation) -> Change:
        place = 1 if operation.batch is not None else 2
        columns = listed(operation.names(place, "columns"))
        return operation.change(f"adds {kind} ", *_optional_name(operation), "on ", Name(operation.table(1)), *columns)

    return describe


def _create_check_constraint(operation: Operation) -> Change:
    place = 1 if operation.batch is not None else 2
    condition = shortened(operation.text(place, "condition"), SQL_WIDTH)
    name, table = _optional_name(operation), Name(operation.table(1))
    return operation.change("adds check constraint ", *name, "on ", table, ": ", Name(condition))


def _drop_constraint(operation: Operation) -> Change:
    place = 1 if operation.batch is not None else 2
    kind = operation.scope.text(operation.argument(place, "type_"))
    kinds = {"foreignkey": "foreign key", "primary": "primary key", "unique": "unique constraint"}
    word = kinds.get(kind or "", "check constraint" if kind == "check" else "constraint")
    return operation.change(
        f"drops {word} ", Name(operation.text(0, "constraint_name")), " of ", Name(operation.table(1))
    )


def _execute(operation: Operation) -> Change:
    node = operation.argument(0, "sqltext")
    if node is None:
        return operation.change("runs SQL")
    return sql_change(node, operation.scope, operation.call.lineno)


def _bulk_insert(operation: Operation) -> Change:
    node, rows = operation.argument(0, "table"), operation.argument(1, "rows")
    table = Name(table_label(node, operation.scope)) if node is not None else Name("?")
    rows = operation.scope.value(rows) if rows is not None else None
    count = len(rows.elts) if isinstance(rows, (ast.List, ast.Tuple)) else None
    words = "rows" if count is None else "1 row" if count == 1 else f"{count} rows"
    return operation.change(f"inserts {words} into ", table)


def _comment(words: str) -> Callable[[Operation], Change]:
    return lambda operation: operation.change(words, Name(operation.table(0)))


def _optional_name(operation: Operation) -> Phrase:
    node = operation.argument(0, "constraint_name")
    return () if node is None or _is_none(node) else (Name(operation.scope.label(node)), " ")


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


_OPERATIONS: dict[str, Callable[[Operation], Change]] = {
    "create_table": _create_table,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
    "add_column": _add_column,
    "drop_column": _drop_column,
    "alter_column": _alter_column,
    "create_index": _create_index,
    "drop_index": _drop_index,
    "create_foreign_key": _create_foreign_key,
    "create_unique_constraint": _constraint("unique constraint"),
    "create_primary_key": _constraint("primary key"),
    "create_exclude_constraint": _constraint("exclusion constraint"),
    "create_check_constraint": _create_check_constraint,
    "drop_constraint": _drop_constraint,
    "execute": _execute,
    "bulk_insert": _bulk_insert,
    "create_table_comment": _comment("comments on table "),
    "drop_table_comment": _comment("drops the comment on table "),
}

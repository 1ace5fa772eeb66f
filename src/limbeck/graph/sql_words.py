"""Short words for SQL that a revision executes, as text or as a statement that SQLAlchemy builds."""

from __future__ import annotations

import ast
import inspect

from limbeck.graph.phrases import Change, Name, Phrase
from limbeck.graph.scope import Scope, code_of, last_name, shortened, without_passwords

SQL_WIDTH = 96  # characters of SQL in a phrase; the whole of it is in `Change.sql`


def sql_change(node: ast.expr, scope: Scope, line: int) -> Change:
    """The words for SQL that is executed: text, or a statement that SQLAlchemy builds."""
    text = scope.text(node)
    if text is not None:
        whole = without_passwords(text)
        words = Name(shortened(whole, SQL_WIDTH))
        first = text.split(None, 1)[0].upper().rstrip(";") if text.split() else ""
        named = Name(node.id) if isinstance(node, ast.Name) and node.id.isupper() else None
        phrase: Phrase = ("runs SQL ", words) if named is None else ("runs SQL ", named, ": ", words)
        if first in ("SELECT", "SHOW", "WITH") and named is None:
            phrase = ("queries ", words)
        if first == "DO" and named is not None:
            phrase = ("runs ", named, ", a block of PL/pgSQL")
        return Change(phrase, line, sql=inspect.cleandoc(whole))
    return Change(_built_statement(node, scope), line)


_BUILT = {"insert": "inserts rows into ", "update": "updates rows of ", "delete": "deletes rows of "}


def _built_statement(node: ast.expr, scope: Scope) -> Phrase:
    """`users.update().where(...)` and `sa.update(users)`: which table, and what happens to it."""
    inner = scope.value(node)
    while isinstance(inner, ast.Call):
        name = last_name(inner.func)
        if name == "select":
            return ("queries the database",)
        if name in _BUILT:
            arguments = inner.args
            owner = inner.func.value if isinstance(inner.func, ast.Attribute) else None
            if arguments and (owner is None or (isinstance(owner, ast.Name) and owner.id not in scope.values)):
                return _BUILT[name], Name(table_label(arguments[0], scope))
            return _BUILT[name], Name(table_label(owner, scope) if owner is not None else "?")
        if not isinstance(inner.func, ast.Attribute):
            break
        inner = scope.value(inner.func.value)
    return "runs ", Name(code_of(node, SQL_WIDTH))


def table_label(node: ast.expr, scope: Scope) -> str:
    """The table that `sa.table("roles", ...)`, `op.create_table("roles", ...)`, or a name for one of them is."""
    value = scope.value(node)
    if isinstance(value, ast.Call) and last_name(value.func).lower() in ("table", "create_table") and value.args:
        return scope.label(value.args[0])
    if isinstance(value, ast.Attribute) and value.attr == "__table__":
        return code_of(value.value, 60)
    return scope.text(value) or code_of(node, 60)

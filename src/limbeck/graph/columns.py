"""Columns and constraints as they are written in `op.create_table` and `op.add_column`."""

from __future__ import annotations

import ast
import re

from limbeck.graph.phrases import Name, Phrase, listed
from limbeck.graph.scope import Scope, code_of, last_name, shortened

_MODULES = re.compile(
    r"(?<![\w.'\"])(?:(?:sa|sqlalchemy|postgresql|mysql|sqlite|sqlmodel|sqltypes|dialects|types|func)\.)+"
)
_CONSTRAINTS = {
    "PrimaryKeyConstraint": "primary key",
    "UniqueConstraint": "unique",
    "CheckConstraint": "check",
    "ForeignKeyConstraint": "foreign key",
    "ExcludeConstraint": "excludes",
    "Index": "index",
}


def is_column(node: ast.expr) -> bool:
    """Whether this is `sa.Column(...)`."""
    return isinstance(node, ast.Call) and last_name(node.func) == "Column"


def column_name(node: ast.expr, scope: Scope) -> str:
    """The name of a column."""
    assert isinstance(node, ast.Call)
    keywords = {given.arg: given.value for given in node.keywords}
    return scope.label(node.args[0] if node.args else keywords.get("name"))


def column_details(node: ast.expr, scope: Scope) -> Phrase:
    """Type, nullability, defaults and references of a column, separated by commas."""
    assert isinstance(node, ast.Call)
    keywords = {given.arg: given.value for given in node.keywords}
    behind = node.args[1:] if node.args else []
    parts: list[Phrase] = []
    kind = keywords.get("type_")
    for argument in [kind] if kind is not None else behind[:1]:
        if _references(argument) is None:
            parts.append((Name(type_name(argument)),))
    if _constant(keywords.get("primary_key")):
        parts.append(("primary key",))
    if "nullable" in keywords and not _constant(keywords["nullable"]):
        parts.append(("not NULL",))
    elif "nullable" in keywords:
        parts.append(("may be NULL",))
    if _constant(keywords.get("unique")):
        parts.append(("unique",))
    if _constant(keywords.get("index")):
        parts.append(("indexed",))
    if "server_default" in keywords:
        default = server_default(keywords["server_default"], scope)
        parts += [default] if default is not None else []
    for argument in behind:
        target = _references(argument)
        if target is not None:
            parts.append(("refers to ", Name(scope.label(target))))
        elif isinstance(argument, ast.Call) and last_name(argument.func) in ("Identity", "Computed"):
            parts.append((Name(code_of(argument, 60)),))
    words = [word for part in parts for word in (", ", *part)]
    return tuple(words[1:])


def constraint_phrase(node: ast.expr, scope: Scope) -> Phrase:
    """A constraint within `create_table`: its kind, its name, its columns or its condition."""
    assert isinstance(node, ast.Call)
    keywords = {given.arg: given.value for given in node.keywords}
    kind = last_name(node.func)
    word = _CONSTRAINTS.get(kind)
    if word is None:
        return (Name(code_of(node, 80)),)
    name = scope.text(keywords.get("name"))
    named: Phrase = (" ", Name(name)) if name else ()
    if kind == "CheckConstraint":
        condition = scope.label(node.args[0] if node.args else keywords.get("sqltext"))
        return (word, *named, ": ", Name(shortened(condition, 90)))
    if kind == "ForeignKeyConstraint":
        local, remote = (_names(part, scope) for part in (*node.args, *[None] * 2)[:2])
        rules = [
            f", on {event} {scope.label(keywords[f'on{event}'])}"
            for event in ("delete", "update")
            if f"on{event}" in keywords
        ]
        return (word, *named, *listed(local), " to", *listed(remote), *rules)
    return (word, *named, *listed([scope.label(part) for part in node.args if not isinstance(part, ast.Starred)]))


def server_default(node: ast.expr, scope: Scope) -> Phrase | None:
    """`server default now()`; None for `None` and `False`, which mean none."""
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return None
    text = scope.text(node)
    return "server default ", Name(shortened(text, 60) if text else _MODULES.sub("", code_of(node, 60)))


def type_name(node: ast.expr) -> str:
    """`String(255)` of `sa.String(255)`, `Uuid` of `sa.Uuid()`: modules and empty brackets tell a reader nothing."""
    return _MODULES.sub("", code_of(node, 60)).removesuffix("()")


def _names(node: ast.expr | None, scope: Scope) -> list[str]:
    node = scope.value(node) if node is not None else None
    if isinstance(node, (ast.List, ast.Tuple)):
        return [scope.label(part) for part in node.elts]
    return [] if node is None else [scope.label(node)]


def _references(node: ast.expr) -> ast.expr | None:
    if isinstance(node, ast.Call) and last_name(node.func) == "ForeignKey" and node.args:
        return node.args[0]
    return None


def _constant(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and bool(node.value)

"""What the names in a revision file stand for, read from its syntax tree; nothing runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from limbeck.model.record import NamedTuple

_SQL_PASSWORD = re.compile(r"(?i)(\b(?:password|identified\s+by)(?:\s+|\s*=\s*))E?'(?:[^']|'')*'")
_ADDRESS_PASSWORD = re.compile(r"(\w+://[^\s:/@']*):[^\s/@']+@")
_LONGEST = 100_000  # characters of a text; names that stand for names could make it grow without end
_DEPTH = 12  # names that stand for names; a file in which `x = x + "a"` must not keep us for ever
_WRAPPERS = frozenset({"f", "text", "dedent", "cleandoc", "quoted_name", "literal_column", "DDL", "inline_literal"})
_SAME_TEXT = frozenset({"strip", "lstrip", "rstrip", "format", "replace", "lower", "upper"})


class Handle(NamedTuple):
    """What operations are called on: `op`, or the object of `op.batch_alter_table`, whose calls leave out the table."""

    table: str | None


class Scope:
    """The names that are known at one place of a revision file."""

    def __init__(self, values: Mapping[str, ast.expr | Handle], functions: Mapping[str, ast.FunctionDef]) -> None:
        self.values = dict(values)
        self.functions = dict(functions)

    @classmethod
    def of_module(cls, module: ast.Module) -> Scope:
        """The constants, functions and names of `op` that the file defines; of two assignments the last counts."""
        scope = cls({"op": Handle(None)}, {})
        for statement in _statements(module.body):
            scope.learn(statement)
        return scope

    def inner(self) -> Scope:
        """A scope within this one, such as that of a function's body."""
        return Scope(self.values, self.functions)

    def learn(self, statement: ast.stmt) -> None:
        """Take note of what a statement binds."""
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                self.bind(target, statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self.bind(statement.target, statement.value)
        elif isinstance(statement, ast.FunctionDef):
            self.functions[statement.name] = statement
        elif isinstance(statement, ast.ImportFrom) and (statement.module or "").split(".")[0] == "alembic":
            for alias in statement.names:
                if alias.name == "op":
                    self.values[alias.asname or alias.name] = Handle(None)
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.name == "alembic.op" and alias.asname:
                    self.values[alias.asname] = Handle(None)

    def bind(self, target: ast.expr, value: ast.expr) -> None:
        """`target` stands for `value` from here on."""
        if isinstance(target, ast.Name):
            found = self.values.get(value.id) if isinstance(value, ast.Name) else None
            self.values[target.id] = found if isinstance(found, Handle) else value

    def forget(self, target: ast.expr) -> None:
        """`target` stands for something else at every turn, as in a loop."""
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                self.values.pop(node.id, None)

    def handle(self, node: ast.expr) -> Handle | None:
        """The handle that an expression is, if it is one."""
        if isinstance(node, ast.Name):
            found = self.values.get(node.id)
            return found if isinstance(found, Handle) else None
        if isinstance(node, ast.Attribute) and node.attr == "op" and isinstance(node.value, ast.Name):
            return Handle(None)  # alembic.op
        return None

    def value(self, node: ast.expr) -> ast.expr:
        """What a name stands for, or the expression itself."""
        for _ in range(_DEPTH):
            found = self.values.get(node.id) if isinstance(node, ast.Name) else None
            if found is None or isinstance(found, Handle):
                break
            node = found
        return node

    def text(self, node: ast.expr | None, depth: int = 0) -> str | None:
        """The string that an expression is; its unknown parts as `{expression}`.  None when nothing of it is known."""
        if node is None or depth > _DEPTH:
            return None
        node = self.value(node)
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            return "".join(self._part(part, depth) for part in node.values)[:_LONGEST]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.text(node.left, depth + 1), self.text(node.right, depth + 1)
            if left is None and right is None:
                return None
            texts = (_braced(node.left) if left is None else left, _braced(node.right) if right is None else right)
            return "".join(texts)[:_LONGEST]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return self.text(node.left, depth + 1)
        if isinstance(node, ast.Call):
            name = last_name(node.func)
            if name in _WRAPPERS and node.args:
                return self.text(node.args[0], depth + 1)
            if name in _SAME_TEXT and isinstance(node.func, ast.Attribute):
                return self.text(node.func.value, depth + 1)
            if name == "bindparams" and isinstance(node.func, ast.Attribute):
                return self.text(node.func.value, depth + 1)
        return None

    def label(self, node: ast.expr | None) -> str:
        """A name to show: the string itself, or the expression in braces; `?` when there is no expression."""
        if node is None:
            return "?"
        text = self.text(node)
        return text if text is not None else _braced(node)

    def _part(self, part: ast.expr, depth: int) -> str:
        if isinstance(part, ast.FormattedValue):
            text = self.text(part.value, depth + 1)
            return text if text is not None else _braced(part.value)
        return str(part.value) if isinstance(part, ast.Constant) else _braced(part)


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name; empty when it is none."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def code_of(node: ast.expr, width: int = 80) -> str:
    """The expression as Python, on one line, cut at `width` characters."""
    return shortened(without_passwords(ast.unparse(node)), width)


def without_passwords(text: str) -> str:
    """The text with `***` for the passwords of SQL's `PASSWORD '...'` and of addresses."""
    text = _SQL_PASSWORD.sub(r"\1'***'", text)
    return _ADDRESS_PASSWORD.sub(r"\1:***@", text)


def shortened(text: str, width: int) -> str:
    """The text on one line, cut at `width` characters."""
    line = " ".join(text[: 8 * width].split())
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"


def _braced(node: ast.expr) -> str:
    return "{" + code_of(node, 40) + "}"


def _statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """Those of a module, with those inside its `if`, `try` and `with`."""
    found: list[ast.stmt] = []
    for statement in body:
        found.append(statement)
        if isinstance(statement, ast.If):
            found += _statements(statement.body) + _statements(statement.orelse)
        elif isinstance(statement, ast.Try):
            for handler in statement.handlers:
                found += _statements(handler.body)
            found += _statements(statement.body) + _statements(statement.orelse) + _statements(statement.finalbody)
        elif isinstance(statement, ast.With):
            found += _statements(statement.body)
    return found

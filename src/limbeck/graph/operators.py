"""Operators on values that a text says, and how large a value may become."""

from __future__ import annotations

import ast
import operator
import re

from limbeck.graph.values import Followed, Imported, Opaque, Unknown, known, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

LARGEST = 100_000  # characters or items; a text must not make us build what nobody would write
WIDE = re.compile(r"\d{4}")  # in a format: a width of thousands
OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mod: operator.mod,
    ast.BitOr: operator.or_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}


def is_large(*values: object) -> bool:
    """Whether values are larger than anything that somebody would write, as those are that double again and again."""
    return size_of(values, LARGEST) > LARGEST


def combined(left: object, right: object, op: ast.operator, node: ast.AST) -> object:
    """The value of a binary operation; what would grow large, or is rare, is left unknown."""
    line: int = getattr(node, "lineno", 1)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return left if isinstance(left, Unknown) else right
    if isinstance(op, ast.Mult) and isinstance(left, str | list | tuple | int) and isinstance(right, int):
        size = 1 if isinstance(left, int) else size_of(left, LARGEST)
        return left * right if abs(size * right) <= LARGEST else Unknown(line, "a long value", node=node)
    if isinstance(op, ast.Mod) and (not isinstance(left, str) or WIDE.search(left)):
        return Unknown(line, "an expression", node=node)
    if is_large(left, right):
        return Unknown(line, "a long value", node=node)
    if type(op) in OPERATORS and isinstance(left, str | int | list | tuple | dict) and known(right):
        return OPERATORS[type(op)](left, right)
    return Unknown(line, "an expression", node=node)


def truth_of(value: object) -> bool | None:
    """Whether a condition holds, or None when that cannot be known."""
    if isinstance(value, Unknown):
        truths = {truth_of(option) for option in value.options}
        return truths.pop() if len(truths) == 1 else None
    if isinstance(value, Imported):
        return None
    return True if isinstance(value, Opaque | Followed) else bool(value)


def is_small(values: list[object]) -> bool:
    """Whether a method of a text, given these, cannot make a long one."""
    numbers = [value for value in values if isinstance(value, int)]
    return (
        size_of(values, 500) <= 500
        and all(abs(number) <= 500 for number in numbers)
        and not any(isinstance(value, str) and WIDE.search(value) and "{" in value for value in values)
    )

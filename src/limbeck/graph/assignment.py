"""Giving values to names, and to items of lists and dictionaries."""

from __future__ import annotations

import ast

from limbeck.graph.expressions import elements, evaluate
from limbeck.graph.operators import is_large
from limbeck.graph.values import Unknown, holds, known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limbeck.graph.module import Module

_DICTIONARIES_OF_NAMES = ("globals", "vars", "locals")


def assign_to(target: ast.expr, value: object, module: Module) -> None:
    """Give a value to what stands on the left of `=`."""
    line = target.lineno
    if isinstance(target, ast.Name):
        module.bind(target.id, value, line)
    elif isinstance(target, ast.Starred):
        assign_to(target.value, value, module)
    elif isinstance(target, ast.Subscript):
        assign_item(target, value, module)
    elif isinstance(target, ast.Tuple | ast.List):
        try:
            items = elements(value)
        except TypeError:
            items = []
        if len(items) != len(target.elts) or any(isinstance(name, ast.Starred) for name in target.elts):
            why = value.why if isinstance(value, Unknown) else "an assignment to several names"
            items = [Unknown(line, why)] * len(target.elts)
        for name, item in zip(target.elts, items, strict=True):
            assign_to(name, item, module)


def assign_item(target: ast.Subscript, value: object, module: Module) -> None:
    """Put a value into a list or a dictionary, or into the dictionary of all names."""
    owner, key = target.value, evaluate(target.slice, module)
    called = owner.func if isinstance(owner, ast.Call) else None
    if isinstance(called, ast.Name) and called.id in _DICTIONARIES_OF_NAMES:
        if isinstance(key, str):
            module.bind(key, value, target.lineno)
        return
    held = evaluate(owner, module)
    if holds(value, held) or is_large(held, value):
        module.touch(held, target.lineno, "a value that contains itself, or is long")
    elif (isinstance(held, dict) and known(key)) or (
        isinstance(held, list) and isinstance(key, int) and -len(held) <= key < len(held)
    ):
        held[key] = value  # type: ignore[call-overload]
        module.touch(held, target.lineno)
    else:
        module.touch(held, target.lineno, "a value that is changed")

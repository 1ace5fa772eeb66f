"""Expressions of a module, evaluated as far as their text says what they are.  Nothing of the module runs."""

from __future__ import annotations

import ast

from limbeck.graph.operators import LARGEST, OPERATORS, WIDE, combined, is_large, is_small, truth_of
from limbeck.graph.values import Followed, Imported, Opaque, OrderedSet, Unknown, known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from limbeck.graph.module import Module

_BUILDERS: dict[str, Callable[..., object]] = {
    "tuple": tuple,
    "list": list,
    "set": OrderedSet,
    "frozenset": OrderedSet,
    "str": str,
    "sorted": sorted,
    "len": len,
}
_CONVERSIONS: dict[str, Callable[[object], str]] = {"s": str, "r": repr, "a": ascii}
_TEXT_METHODS = frozenset(
    (
        *("capitalize", "casefold", "endswith", "format", "join", "lower", "lstrip", "partition", "removeprefix"),
        *("removesuffix", "replace", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip"),
        *("swapcase", "title", "upper", "zfill"),
    )
)


# Expressions that give one of the values that they are made of, as it is.
_CHOOSING = (ast.Name, ast.Attribute, ast.IfExp, ast.NamedExpr)


def evaluate(node: ast.expr, module: Module) -> object:
    """The value of an expression, or an `Unknown` that says why not."""
    method = _EVALUATORS.get(type(node))
    try:
        value = _not_followed(node) if method is None else method(node, module)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        value = Unknown(node.lineno, f"something that fails ({error})", node=node)
    if not isinstance(value, Unknown):
        return value
    module.doubt_targets(node)
    if isinstance(node, _CHOOSING):
        return value
    return value.result(shared=value.shared or module.shares(node))


def _not_followed(node: ast.expr) -> Unknown:
    return Unknown(node.lineno, _KINDS.get(type(node), "an expression"), node=node)


def _constant(node: ast.Constant, _: Module) -> object:
    return node.value


def _sequence(node: ast.Tuple | ast.List | ast.Set, module: Module) -> object:
    items: list[object] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            value = evaluate(element.value, module)
            if isinstance(value, Unknown):
                return value
            items.extend(elements(value))
        else:
            items.append(evaluate(element, module))
    if isinstance(node, ast.Set):
        return OrderedSet(items) if known(items) else _first_unknown(items, node)
    if is_large(items):
        return Unknown(node.lineno, "a long value")
    return tuple(items) if isinstance(node, ast.Tuple) else items


def elements(value: object) -> list[object]:
    """What iterating over a value gives.

    Raises:
        TypeError: it cannot be iterated over, or its order is not known.
    """
    if isinstance(value, OrderedSet):
        return list(value.order)
    if isinstance(value, str | tuple | list | dict):
        return list(value)
    raise TypeError(f"'{type(value).__name__}' is not iterated over here")


def _mapping(node: ast.Dict, module: Module) -> object:
    result: dict[object, object] = {}
    for key, each in zip(node.keys, node.values, strict=True):
        value = evaluate(each, module)
        if key is None:
            if not isinstance(value, dict):
                return _first_unknown([value], node)
            result.update(value)
            continue
        name = evaluate(key, module)
        if not known(name):
            return _first_unknown([name], node)
        result[name] = value
    return Unknown(node.lineno, "a long value") if is_large(result) else result


def _first_unknown(values: list[object], node: ast.expr) -> Unknown:
    return next((v for v in values if isinstance(v, Unknown)), Unknown(node.lineno, "an expression", node=node))


def _name(node: ast.Name, module: Module) -> object:
    return module.value_of(node.id, node.lineno)


def _attribute(node: ast.Attribute, module: Module) -> object:
    owner = evaluate(node.value, module)
    if isinstance(owner, Followed):
        return module.imports.follow(Imported(owner.name, node.attr, node.lineno), module)
    if isinstance(owner, Imported):
        return module.imports.follow(Imported(owner.module, node.attr, node.lineno), module)
    if isinstance(owner, Opaque) and owner.members is not None and node.attr in owner.members:
        return owner.members[node.attr]
    if isinstance(owner, Unknown):
        return Unknown(node.lineno, owner.why)
    return Unknown(node.lineno, "an attribute", node=node)


def _item(node: ast.Subscript, module: Module) -> object:
    owner, key = evaluate(node.value, module), evaluate(node.slice, module)
    if isinstance(owner, Unknown):
        return owner
    if not known(key):
        return _first_unknown([key], node)
    return owner[key]  # type: ignore[index]


def _slice(node: ast.Slice, module: Module) -> object:
    parts = [evaluate(part, module) if part else None for part in (node.lower, node.upper, node.step)]
    return slice(*parts) if known(parts) else _first_unknown(parts, node)


def _formatted(node: ast.JoinedStr, module: Module) -> object:
    text = ""
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            value = evaluate(part.value, module)
            pattern = evaluate(part.format_spec, module) if part.format_spec else ""
            if not known([value, pattern]):
                return _first_unknown([value, pattern], node)
            if part.conversion != -1:
                value = _CONVERSIONS[chr(part.conversion)](value)
            if WIDE.search(str(pattern)):
                return Unknown(node.lineno, "a long value", node=node)
            text += format(value, str(pattern))
            if len(text) > LARGEST:
                return Unknown(node.lineno, "a long value")
        else:
            text += str(evaluate(part, module))
    return text


def _operation(node: ast.BinOp, module: Module) -> object:
    left, right = evaluate(node.left, module), evaluate(node.right, module)
    return combined(left, right, node.op, node)


def _signed(node: ast.UnaryOp, module: Module) -> object:
    value = evaluate(node.operand, module)
    if isinstance(node.op, ast.Not):
        truth = truth_of(value)
        return _unknown(value, node) if truth is None else not truth
    if isinstance(node.op, ast.USub) and isinstance(value, int | float):
        return -value
    return _unknown(value, node)


def _unknown(value: object, node: ast.expr) -> Unknown:
    return value if isinstance(value, Unknown) else Unknown(node.lineno, "an expression", node=node)


def _either(node: ast.BoolOp, module: Module) -> object:
    stops_at = isinstance(node.op, ast.Or)
    value: object = None
    for operand in node.values:
        value = evaluate(operand, module)
        truth = truth_of(value)
        if truth is None:
            return _unknown(value, node)
        if truth is stops_at:
            return value
    return value


def _chosen(node: ast.IfExp, module: Module) -> object:
    truth = truth_of(evaluate(node.test, module))
    if truth is None:
        options = [evaluate(node.body, module), evaluate(node.orelse, module)]
        return Unknown(node.lineno, "a condition", options if known(options) else (), node.test)
    return evaluate(node.body if truth else node.orelse, module)


def _compared(node: ast.Compare, module: Module) -> object:
    left = evaluate(node.left, module)
    for op, operand in zip(node.ops, node.comparators, strict=True):
        right = evaluate(operand, module)
        if not known([left, right]):
            return _first_unknown([left, right], node)
        if not OPERATORS[type(op)](left, right):
            return False
        left = right
    return True


def _called(node: ast.Call, module: Module) -> object:
    arguments = [evaluate(argument, module) for argument in node.args]
    function = node.func
    if not node.keywords and known(arguments) and not any(isinstance(each, ast.Starred) for each in node.args):
        if isinstance(function, ast.Name) and function.id in _BUILDERS and not module.assigns(function.id):
            values = [each.order if isinstance(each, OrderedSet) else each for each in arguments]
            return _BUILDERS[function.id](*values)
        if isinstance(function, ast.Attribute):
            owner = evaluate(function.value, module)
            if isinstance(owner, str) and function.attr in _TEXT_METHODS and is_small([owner, *arguments]):
                return getattr(owner, function.attr)(*arguments)
            if isinstance(owner, list | dict) and function.attr in ("copy", "get", "index", "count"):
                return getattr(owner, function.attr)(*arguments)
    module.hand_out(node)
    return Unknown(node.lineno, "a call", node=node)


def _assigned(node: ast.NamedExpr, module: Module) -> object:
    value = evaluate(node.value, module)
    module.bind(node.target.id, value, node.lineno)
    return value


_EVALUATORS: dict[type[ast.expr], Callable[..., object]] = {
    ast.Constant: _constant,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Set: _sequence,
    ast.Dict: _mapping,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _item,
    ast.Slice: _slice,
    ast.JoinedStr: _formatted,
    ast.BinOp: _operation,
    ast.UnaryOp: _signed,
    ast.BoolOp: _either,
    ast.IfExp: _chosen,
    ast.Compare: _compared,
    ast.Call: _called,
    ast.NamedExpr: _assigned,
}
_KINDS: dict[type[ast.expr], str] = {
    ast.ListComp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.Lambda: "a function",
}

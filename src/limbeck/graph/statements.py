"""The statements of a module's top level, each followed as far as its text says what happens.  Nothing runs."""

from __future__ import annotations

import ast

from limbeck.graph import compound
from limbeck.graph.assignment import assign_item, assign_to
from limbeck.graph.expressions import elements, evaluate
from limbeck.graph.operators import combined, is_large
from limbeck.graph.values import Imported, Opaque, OrderedSet, Unknown, can_change, holds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from limbeck.graph.module import Module


def follow(statement: ast.stmt, module: Module) -> bool:
    """Follow one statement; False when it certainly raises, or leaves a loop."""
    follower = _FOLLOWERS.get(type(statement))
    return follower is None or follower(statement, module)


def _assign(statement: ast.Assign, module: Module) -> bool:
    value = evaluate(statement.value, module)
    for target in statement.targets:
        assign_to(target, value, module)
    return True


def _annotated(statement: ast.AnnAssign, module: Module) -> bool:
    if statement.value is not None:
        assign_to(statement.target, evaluate(statement.value, module), module)
    return True


def _augmented(statement: ast.AugAssign, module: Module) -> bool:
    line = statement.lineno
    if not isinstance(statement.target, ast.Name):
        evaluate(statement.value, module)
        if isinstance(statement.target, ast.Subscript):
            assign_item(statement.target, Unknown(line, "a value that is changed"), module)
        return True
    name = statement.target.id
    held, value = module.value_of(name, line), evaluate(statement.value, module)
    try:
        plain = not isinstance(value, Unknown) and not holds(value, held) and not is_large(held, value)
        if isinstance(held, list) and isinstance(statement.op, ast.Add) and plain:
            held.extend(elements(value))
            module.bind(name, held, line)
            module.touch(held, line)
            return True
        result: object = Unknown(line, "a value that contains itself, or is long")
        if plain or isinstance(value, Unknown):
            result = combined(held, value, statement.op, statement)
    except TypeError as error:
        result = Unknown(line, f"something that fails ({error})", node=statement)
    if isinstance(held, list | dict | OrderedSet | Unknown):
        module.touch(held, line, "a value that is changed")
    if isinstance(result, Unknown):
        result = result.result(shared=can_change(held) or can_change(value))
    module.bind(name, result, line)
    return True


def _expression(statement: ast.Expr, module: Module) -> bool:
    call = statement.value
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and not call.keywords):
        evaluate(call, module)
        return True
    held, method = evaluate(call.func.value, module), call.func.attr
    arguments = [evaluate(argument, module) for argument in call.args]
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    plain = not starred and not any(holds(argument, held) for argument in arguments) and not is_large(held, arguments)
    if isinstance(held, list) and plain:
        if method == "append" and len(arguments) == 1:
            held.append(arguments[0])
            module.touch(held, call.lineno)
            return True
        if method == "extend" and len(arguments) == 1 and isinstance(arguments[0], str | list | tuple | OrderedSet):
            held.extend(elements(arguments[0]))
            module.touch(held, call.lineno)
            return True
    if isinstance(held, list | dict | OrderedSet | Unknown):
        module.touch(held, call.lineno, "a call that may change it")
    module.hand_out(call)
    return True


def _import(statement: ast.Import, module: Module) -> bool:
    for alias in statement.names:
        name = alias.name if alias.asname else alias.name.partition(".")[0]
        module.bind(alias.asname or name, Imported(name, None, statement.lineno), statement.lineno)
    return True


def _import_from(statement: ast.ImportFrom, module: Module) -> bool:
    line, source = statement.lineno, "." * statement.level + (statement.module or "")
    for alias in statement.names:
        if alias.name != "*":
            module.bind(alias.asname or alias.name, Imported(source, alias.name, line), line)
            continue
        star = Imported(source, None, line)
        module.stars.append(star)
        for name, value in module.imports.starred(star, module).items():
            module.bind(name, value, line)
    return True


def _define(statement: ast.FunctionDef | ast.AsyncFunctionDef, module: Module) -> bool:
    module.bind(statement.name, Opaque(), statement.lineno)
    return True


def _define_class(statement: ast.ClassDef, module: Module) -> bool:
    members: dict[str, object] | None = None
    if not statement.bases and not statement.keywords and not statement.decorator_list:
        members = {}
        for inner in statement.body:
            if isinstance(inner, ast.Assign) and len(inner.targets) == 1 and isinstance(inner.targets[0], ast.Name):
                members[inner.targets[0].id] = evaluate(inner.value, module)
    module.bind(statement.name, Opaque(members), statement.lineno)
    return True


def _delete(statement: ast.Delete, module: Module) -> bool:
    for target in statement.targets:
        if isinstance(target, ast.Name):
            module.unbind(target.id)
        elif isinstance(target, ast.Subscript):
            module.touch(evaluate(target.value, module), statement.lineno, "a value that is changed")
    return True


def _alias(statement: ast.stmt, module: Module) -> bool:
    target = getattr(statement, "name", None)
    if isinstance(target, ast.Name):
        module.bind(target.id, Opaque(), statement.lineno)
    return True


def _stop(_: ast.stmt, __: Module) -> bool:
    return False


_FOLLOWERS: dict[type[ast.stmt], Callable[..., bool]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    ast.ClassDef: _define_class,
    ast.If: compound.if_,
    ast.Try: compound.try_,
    ast.TryStar: compound.try_,
    ast.With: compound.with_,
    ast.AsyncWith: compound.with_,
    ast.For: compound.for_,
    ast.AsyncFor: compound.for_,
    ast.While: compound.while_,
    ast.Match: compound.match_,
    ast.Delete: _delete,
    ast.Raise: _stop,
    ast.Break: _stop,
    ast.Continue: _stop,
}
if hasattr(ast, "TypeAlias"):
    _FOLLOWERS[ast.TypeAlias] = _alias

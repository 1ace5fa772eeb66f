"""The statements of a module's top level, each followed as far as its text says what happens.  Nothing runs."""

from __future__ import annotations

import ast

from limbeck.graph.expressions import combined, elements, evaluate, is_large, truth_of
from limbeck.graph.values import Imported, Opaque, OrderedSet, Unknown, can_change, holds, known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from limbeck.graph.module import Module

_LONGEST_LOOP = 1000
_DICTIONARIES_OF_NAMES = ("globals", "vars", "locals")


def follow(statement: ast.stmt, module: Module) -> bool:
    """Follow one statement; False when it certainly raises, or leaves a loop."""
    follower = _FOLLOWERS.get(type(statement))
    return follower is None or follower(statement, module)


def _assign(statement: ast.Assign, module: Module) -> bool:
    value = evaluate(statement.value, module)
    for target in statement.targets:
        _assign_to(target, value, module)
    return True


def _assign_to(target: ast.expr, value: object, module: Module) -> None:
    line = target.lineno
    if isinstance(target, ast.Name):
        module.bind(target.id, value, line)
    elif isinstance(target, ast.Starred):
        _assign_to(target.value, value, module)
    elif isinstance(target, ast.Subscript):
        _assign_item(target, value, module)
    elif isinstance(target, ast.Tuple | ast.List):
        try:
            items = elements(value)
        except TypeError:
            items = []
        if len(items) != len(target.elts) or any(isinstance(name, ast.Starred) for name in target.elts):
            why = value.why if isinstance(value, Unknown) else "an assignment to several names"
            items = [Unknown(line, why)] * len(target.elts)
        for name, item in zip(target.elts, items, strict=True):
            _assign_to(name, item, module)


def _assign_item(target: ast.Subscript, value: object, module: Module) -> None:
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


def _annotated(statement: ast.AnnAssign, module: Module) -> bool:
    if statement.value is not None:
        _assign_to(statement.target, evaluate(statement.value, module), module)
    return True


def _augmented(statement: ast.AugAssign, module: Module) -> bool:
    line = statement.lineno
    if not isinstance(statement.target, ast.Name):
        evaluate(statement.value, module)
        if isinstance(statement.target, ast.Subscript):
            _assign_item(statement.target, Unknown(line, "a value that is changed"), module)
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


def _if(statement: ast.If, module: Module) -> bool:
    truth = truth_of(evaluate(statement.test, module))
    if truth is not None:
        return module.run(statement.body if truth else statement.orelse)
    why = f"a condition, {ast.unparse(statement.test)}"
    ways = (lambda: module.run(statement.body), lambda: module.run(statement.orelse))
    return module.branches(ways, statement.lineno, why)


def _try(statement: ast.Try, module: Module) -> bool:
    if all(map(_cannot_fail, statement.body)) or not statement.handlers:
        return module.run(statement.body) and module.run(statement.orelse) and module.run(statement.finalbody)
    line, why = statement.lineno, _why_tried(statement.body)

    def handled(handler: ast.ExceptHandler) -> bool:
        module.partly(statement.body, line, why)
        if handler.name:
            module.bind(handler.name, Opaque(), handler.lineno)
        ended = module.run(handler.body)
        if handler.name:
            module.unbind(handler.name)
        return ended

    ways: list[Callable[[], bool]] = [lambda: module.run(statement.body) and module.run(statement.orelse)]
    ways += [lambda handler=handler: handled(handler) for handler in statement.handlers]  # type: ignore[misc]
    return module.branches(ways, line, why) and module.run(statement.finalbody)


def _with(statement: ast.With | ast.AsyncWith, module: Module) -> bool:
    swallows = False
    for item in statement.items:
        evaluate(item.context_expr, module)
        text = ast.unparse(item.context_expr)
        swallows = swallows or text.partition("(")[0].endswith("suppress")
        if item.optional_vars is not None:
            _assign_to(item.optional_vars, Unknown(statement.lineno, f"a context, {text}"), module)
    if not swallows or all(map(_cannot_fail, statement.body)):
        return module.run(statement.body)
    line, why = statement.lineno, _why_tried(statement.body)
    ways = (lambda: module.partly(statement.body, line, why), lambda: module.run(statement.body))
    return module.branches(ways, line, why)


def _for(statement: ast.For | ast.AsyncFor, module: Module) -> bool:
    values = evaluate(statement.iter, module)
    known_values = isinstance(values, str | tuple | list) and len(values) <= _LONGEST_LOOP
    if not known_values or _leaves(statement) or isinstance(statement, ast.AsyncFor):
        module.names = dict(module.names)
        head = ast.Assign([statement.target], _unknown_expression(statement.iter), lineno=statement.lineno)
        return _any_number_of_times(statement, [head, *statement.body], module)
    for value in list(values):  # type: ignore[call-overload]
        _assign_to(statement.target, value, module)
        if not module.run(statement.body):
            return False
    return module.run(statement.orelse)


def _unknown_expression(node: ast.expr) -> ast.expr:
    """An expression of which nothing is known, in the place of another one."""
    return ast.copy_location(ast.Await(node), node)


def _while(statement: ast.While, module: Module) -> bool:
    if truth_of(evaluate(statement.test, module)) is False:
        return module.run(statement.orelse)
    test = ast.copy_location(ast.Expr(statement.test), statement)
    return _any_number_of_times(statement, [test, *statement.body], module)


def _any_number_of_times(
    statement: ast.For | ast.AsyncFor | ast.While, body: Sequence[ast.stmt], module: Module
) -> bool:
    module.repeated(body, statement.lineno, "a loop")
    if not _leaves(statement):
        return module.run(statement.orelse)
    ways = (lambda: True, lambda: module.run(statement.orelse))
    return module.branches(ways, statement.lineno, "a loop")


def _match(statement: ast.Match, module: Module) -> bool:
    evaluate(statement.subject, module)
    for case in statement.cases:
        for node in ast.walk(case.pattern):
            name = getattr(node, "name", None) or getattr(node, "rest", None)
            if isinstance(name, str):
                module.bind(name, Unknown(statement.lineno, "a pattern"), statement.lineno)
    ways: list[Callable[[], bool]] = [lambda: True]
    ways += [lambda case=case: module.run(case.body) for case in statement.cases]  # type: ignore[misc]
    return module.branches(ways, statement.lineno, "a match")


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


def _cannot_fail(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        parts = ast.walk(statement.value) if statement.value is not None else ()
        plain = ast.Constant | ast.Tuple | ast.List | ast.expr_context
        return all(isinstance(target, ast.Name) for target in targets) and all(isinstance(p, plain) for p in parts)
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _why_tried(body: Sequence[ast.stmt]) -> str:
    for statement in body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return f"an import that may fail, {ast.unparse(statement)}"
    return "something that may fail"


def _leaves(loop: ast.stmt) -> bool:
    return any(isinstance(node, ast.Break | ast.Continue) for node in ast.walk(loop))


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
    ast.If: _if,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Match: _match,
    ast.Delete: _delete,
    ast.Raise: _stop,
    ast.Break: _stop,
    ast.Continue: _stop,
}
if hasattr(ast, "TypeAlias"):
    _FOLLOWERS[ast.TypeAlias] = _alias

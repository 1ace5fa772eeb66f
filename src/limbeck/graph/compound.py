"""Statements that hold others: branches, loops, and what is tried.  Each is followed in every way that it may go."""

from __future__ import annotations

import ast

from limbeck.graph.assignment import assign_to
from limbeck.graph.expressions import evaluate
from limbeck.graph.operators import truth_of
from limbeck.graph.values import Opaque, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from limbeck.graph.module import Module

_LONGEST_LOOP = 1000


def if_(statement: ast.If, module: Module) -> bool:
    """The branch whose condition holds, or both when that is not known."""
    truth = truth_of(evaluate(statement.test, module))
    if truth is not None:
        return module.run(statement.body if truth else statement.orelse)
    why = f"a condition, {ast.unparse(statement.test)}"
    ways = (lambda: module.run(statement.body), lambda: module.run(statement.orelse))
    return module.branches(ways, statement.lineno, why)


def try_(statement: ast.Try, module: Module) -> bool:
    """The whole body, or some of it and a handler."""
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


def with_(statement: ast.With | ast.AsyncWith, module: Module) -> bool:
    """The body; with `suppress`, some of it."""
    swallows = False
    for item in statement.items:
        evaluate(item.context_expr, module)
        text = ast.unparse(item.context_expr)
        swallows = swallows or text.partition("(")[0].endswith("suppress")
        if item.optional_vars is not None:
            assign_to(item.optional_vars, Unknown(statement.lineno, f"a context, {text}"), module)
    if not swallows or all(map(_cannot_fail, statement.body)):
        return module.run(statement.body)
    line, why = statement.lineno, _why_tried(statement.body)
    ways = (lambda: module.partly(statement.body, line, why), lambda: module.run(statement.body))
    return module.branches(ways, line, why)


def for_(statement: ast.For | ast.AsyncFor, module: Module) -> bool:
    """The body for each value, when the values are known; else any number of times."""
    values = evaluate(statement.iter, module)
    known_values = isinstance(values, str | tuple | list) and len(values) <= _LONGEST_LOOP
    if not known_values or _leaves(statement) or isinstance(statement, ast.AsyncFor):
        module.names = dict(module.names)
        head = ast.Assign([statement.target], _unknown_expression(statement.iter), lineno=statement.lineno)
        return _any_number_of_times(statement, [head, *statement.body], module)
    for value in list(values):  # type: ignore[call-overload]
        assign_to(statement.target, value, module)
        if not module.run(statement.body):
            return False
    return module.run(statement.orelse)


def _unknown_expression(node: ast.expr) -> ast.expr:
    """An expression of which nothing is known, in the place of another one."""
    return ast.copy_location(ast.Await(node), node)


def while_(statement: ast.While, module: Module) -> bool:
    """The body, any number of times."""
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


def match_(statement: ast.Match, module: Module) -> bool:
    """None of the cases, or any one."""
    evaluate(statement.subject, module)
    for case in statement.cases:
        for node in ast.walk(case.pattern):
            name = getattr(node, "name", None) or getattr(node, "rest", None)
            if isinstance(name, str):
                module.bind(name, Unknown(statement.lineno, "a pattern"), statement.lineno)
    ways: list[Callable[[], bool]] = [lambda: True]
    ways += [lambda case=case: module.run(case.body) for case in statement.cases]  # type: ignore[misc]
    return module.branches(ways, statement.lineno, "a match")


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

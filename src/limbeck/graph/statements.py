"""The top level of a module, followed statement by statement as far as its text says what happens."""

from __future__ import annotations

import ast

from limbeck.graph.expressions import combined, elements, evaluate, truth_of
from limbeck.graph.values import ABSENT, Absent, Imported, Opaque, Unknown, copied, known, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from limbeck.graph.imports import Imports

    Names = dict[str, object]


class Module:
    """The names that a module's top level assigns.

    Attributes:
        path: absolute path of the file.
        package: dotted name of the package that its relative imports begin at; None for a file that is no part of one.
        names: every name and its value; what cannot be known is an `Unknown`.
        lines: where each name was assigned last.
        stars: modules that `import *` took names from.
        imports: how modules are found.
        self_aware: whether the module asked for its own name or place.
    """

    def __init__(self, tree: ast.Module, path: str, name: str, package: str | None, imports: Imports) -> None:
        self.path = path
        self.package = package
        self.imports = imports
        self.names: Names = {"__doc__": ast.get_docstring(tree, clean=False)}
        self.lines: dict[str, int] = {}
        self.stars: list[Imported] = []
        self.self_aware = False
        self._own = {"__name__": name, "__file__": path}
        self._undone = _named_global(tree)
        self.run(tree.body)

    def value_of(self, name: str, line: int) -> object:
        """The value of a name in an expression."""
        if name in self._undone:
            return Unknown(self._undone[name], f"a function assigns {name} by `global`")
        if name in self.names:
            value = self.names[name]
            if isinstance(value, Imported):
                self.names[name] = Unknown(value.line, f"a value of {value.module}, which imports itself")
                value = self.names[name] = self.imports.follow(value, self)
            return value
        if name in self._own:
            self.self_aware = True
            return self._own[name]
        for star in reversed(self.stars):
            value = self.imports.follow(Imported(star.module, name, star.line), self)
            if not isinstance(value, Unknown):
                return value
        where = f", perhaps from {self.stars[-1].module}" if self.stars else ""
        return Unknown(line, f"the name {name}{where}")

    def attribute(self, name: str, line: int) -> object:
        """The value of a name of this module, asked for from another one."""
        value = self.value_of(name, line)
        if isinstance(value, Unknown):
            return Unknown(line, f"{value.why}, in {self.path}:{value.line}", value.options)
        return value

    def assigns(self, name: str) -> bool:
        """Whether the module gives a name a meaning of its own."""
        return name in self.names or name in self._undone

    def bind(self, name: str, value: object, line: int) -> None:
        """Give a name a value."""
        self.names[name] = value
        self.lines[name] = line

    def hand_out(self, call: ast.Call) -> None:
        """A call may change the lists and dictionaries that it is given, and the one whose method it is."""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(call.func, ast.Attribute):
            given.append(call.func.value)
        if isinstance(call.func, ast.Name) and call.func.id in ("exec", "eval"):
            return
        for node in given:
            if isinstance(node, ast.Name) and isinstance(self.names.get(node.id), list | dict | set):
                self._forget(self.names[node.id], call.lineno)

    def run(self, statements: Sequence[ast.stmt]) -> bool:
        """Follow statements in their order; False when they certainly end in an exception or leave a loop."""
        for statement in statements:
            runner = _RUNNERS.get(type(statement))
            if runner is not None and not runner(self, statement):
                return False
        return True

    def _forget(self, value: object, line: int) -> None:
        for name, held in self.names.items():
            if held is value:
                self.names[name] = Unknown(line, f"a call that may change {name}")

    def _branches(self, starts: Iterable[Callable[[], bool]], line: int, why: str) -> bool:
        """Run alternatives, each from the same state, and keep what they agree on; False when none comes to its end."""
        before, stars = self.names, list(self.stars)
        results: list[Names] = []
        for start in starts:
            done: dict[int, object] = {}
            self.names = {name: copied(value, done) for name, value in before.items()}
            if start():
                results.append(self.names)
            stars += [star for star in self.stars if star not in stars]
        self.names, self.stars = (_joined(results, line, why) if results else before), stars
        return bool(results)

    def _assign(self, statement: ast.Assign) -> bool:
        value = evaluate(statement.value, self)
        for target in statement.targets:
            self._assign_to(target, value, statement.lineno)
        return True

    def _assign_to(self, target: ast.expr, value: object, line: int) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, value, line)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value, line)
        elif isinstance(target, ast.Subscript):
            self._assign_item(target, value, line)

    def _unpack(self, target: ast.Tuple | ast.List, value: object, line: int) -> None:
        names = target.elts
        try:
            items = elements(value)
        except TypeError:
            items = []
        if len(items) != len(names) or any(isinstance(name, ast.Starred) for name in names):
            why = value.why if isinstance(value, Unknown) else "an assignment to several names"
            items = [Unknown(line, why)] * len(names)
        for name, item in zip(names, items, strict=True):
            self._assign_to(name.value if isinstance(name, ast.Starred) else name, item, line)

    def _assign_item(self, target: ast.Subscript, value: object, line: int) -> None:
        key = evaluate(target.slice, self)
        owner = target.value
        if (
            isinstance(owner, ast.Call)
            and isinstance(owner.func, ast.Name)
            and owner.func.id in ("globals", "vars", "locals")
        ):
            if isinstance(key, str):
                self.bind(key, value, line)
            return
        held = evaluate(owner, self)
        if isinstance(held, dict | list) and known(key):
            try:
                held[key] = value  # type: ignore[call-overload]
            except (LookupError, TypeError, ValueError):
                self._forget(held, line)
        elif isinstance(held, dict | list):
            self._forget(held, line)

    def _annotated(self, statement: ast.AnnAssign) -> bool:
        if statement.value is not None:
            self._assign_to(statement.target, evaluate(statement.value, self), statement.lineno)
        return True

    def _augmented(self, statement: ast.AugAssign) -> bool:
        if not isinstance(statement.target, ast.Name):
            return True
        name, line = statement.target.id, statement.lineno
        held, value = self.value_of(name, line), evaluate(statement.value, self)
        try:
            if isinstance(held, list) and isinstance(statement.op, ast.Add) and not isinstance(value, Unknown):
                held.extend(elements(value))
                self.lines[name] = line
            else:
                self.bind(name, combined(held, value, statement.op, statement), line)
        except TypeError as error:
            self.bind(name, Unknown(line, f"something that fails ({error})", node=statement), line)
        return True

    def _expression(self, statement: ast.Expr) -> bool:
        call = statement.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            held = evaluate(call.func.value, self)
            method = call.func.attr
            arguments = [evaluate(argument, self) for argument in call.args]
            if isinstance(held, list) and method in ("append", "extend", "insert") and not call.keywords:
                if method == "extend" and len(arguments) == 1 and not isinstance(arguments[0], Unknown):
                    held.extend(elements(arguments[0]))
                    return True
                if method != "extend" and known(arguments):
                    getattr(held, method)(*arguments)
                    return True
        evaluate(call, self)
        return True

    def _import(self, statement: ast.Import) -> bool:
        for alias in statement.names:
            if alias.asname:
                self.bind(alias.asname, Imported(alias.name, None, statement.lineno), statement.lineno)
            else:
                self.bind(
                    alias.name.partition(".")[0],
                    Imported(alias.name.partition(".")[0], None, statement.lineno),
                    statement.lineno,
                )
        return True

    def _import_from(self, statement: ast.ImportFrom) -> bool:
        module = "." * statement.level + (statement.module or "")
        for alias in statement.names:
            if alias.name == "*":
                star = Imported(module, None, statement.lineno)
                self.stars.append(star)
                self.names.update(self.imports.starred(star, self))
            else:
                self.bind(alias.asname or alias.name, Imported(module, alias.name, statement.lineno), statement.lineno)
        return True

    def _define(self, statement: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        self.bind(statement.name, Opaque(), statement.lineno)
        return True

    def _define_class(self, statement: ast.ClassDef) -> bool:
        members: Names | None = None
        if not statement.bases and not statement.keywords and not statement.decorator_list:
            members = {}
            for inner in statement.body:
                if isinstance(inner, ast.Assign) and len(inner.targets) == 1 and isinstance(inner.targets[0], ast.Name):
                    members[inner.targets[0].id] = evaluate(inner.value, self)
        self.bind(statement.name, Opaque(members), statement.lineno)
        return True

    def _if(self, statement: ast.If) -> bool:
        truth = truth_of(evaluate(statement.test, self))
        if truth is not None:
            return self.run(statement.body if truth else statement.orelse)
        why = f"a condition, {ast.unparse(statement.test)}"
        return self._branches(
            (lambda: self.run(statement.body), lambda: self.run(statement.orelse)), statement.lineno, why
        )

    def _try(self, statement: ast.Try) -> bool:
        if all(map(_cannot_fail, statement.body)) or not statement.handlers:
            return self.run(statement.body) and self.run(statement.orelse) and self.run(statement.finalbody)
        line, why = statement.lineno, _why_tried(statement.body)

        def part() -> bool:
            """Some of the body, then an exception."""
            return self._branches((lambda: True, lambda: self.run(statement.body) or True), line, why)

        def handled(handler: ast.ExceptHandler) -> bool:
            part()
            if handler.name:
                self.bind(handler.name, Opaque(), handler.lineno)
            return self.run(handler.body)

        ways: list[Callable[[], bool]] = [lambda: self.run(statement.body) and self.run(statement.orelse)]
        ways += [lambda handler=handler: handled(handler) for handler in statement.handlers]  # type: ignore[misc]
        return self._branches(ways, line, why) and self.run(statement.finalbody)

    def _with(self, statement: ast.With) -> bool:
        swallows = False
        for item in statement.items:
            evaluate(item.context_expr, self)
            text = ast.unparse(item.context_expr)
            swallows = swallows or text.partition("(")[0].endswith("suppress")
            if item.optional_vars is not None:
                self._assign_to(item.optional_vars, Unknown(statement.lineno, f"a context, {text}"), statement.lineno)
        if not swallows or all(map(_cannot_fail, statement.body)):
            return self.run(statement.body)
        return self._branches(
            (lambda: True, lambda: self.run(statement.body)), statement.lineno, _why_tried(statement.body)
        )

    def _for(self, statement: ast.For) -> bool:
        values = evaluate(statement.iter, self)
        if isinstance(values, str | tuple | list) and len(values) <= 1000 and not _leaves_loop(statement):
            for value in list(values):
                self._assign_to(statement.target, value, statement.lineno)
                if not self.run(statement.body):
                    return False
            return self.run(statement.orelse)
        self._assign_to(
            statement.target, Unknown(statement.lineno, f"a loop over {ast.unparse(statement.iter)}"), statement.lineno
        )
        return self._loop(statement)

    def _loop(self, statement: ast.For | ast.AsyncFor | ast.While) -> bool:
        why = "a loop"
        for _ in range(2):
            self._branches((lambda: True, lambda: self.run(statement.body) or True), statement.lineno, why)
        return self.run(statement.orelse)

    def _while(self, statement: ast.While) -> bool:
        if truth_of(evaluate(statement.test, self)) is False:
            return self.run(statement.orelse)
        return self._loop(statement)

    def _match(self, statement: ast.Match) -> bool:
        ways: list[Callable[[], bool]] = [lambda: True]
        ways += [lambda case=case: self.run(case.body) for case in statement.cases]  # type: ignore[misc]
        for case in statement.cases:
            for node in ast.walk(case.pattern):
                name = getattr(node, "name", None) or getattr(node, "rest", None)
                if isinstance(name, str):
                    self.bind(name, Unknown(statement.lineno, "a pattern"), statement.lineno)
        return self._branches(ways, statement.lineno, "a match")

    def _delete(self, statement: ast.Delete) -> bool:
        for target in statement.targets:
            if isinstance(target, ast.Name):
                self.names.pop(target.id, None)
        return True

    def _stop(self, _: ast.stmt) -> bool:
        return False

    def _alias(self, statement: ast.stmt) -> bool:
        target = getattr(statement, "name", None)
        if isinstance(target, ast.Name):
            self.bind(target.id, Opaque(), statement.lineno)
        return True


def _joined(results: list[dict[str, object]], line: int, why: str) -> dict[str, object]:
    first = results[0]
    joined: dict[str, object] = {}
    for name in dict.fromkeys(name for result in results for name in result):
        values = [result.get(name, ABSENT) for result in results]
        if all(same(values[0], value) for value in values[1:]):
            joined[name] = first[name]
            continue
        options: list[object] = []
        for value in values:
            options += value.options if isinstance(value, Unknown) else [value]
        settled = all((isinstance(v, Unknown) and v.options) or isinstance(v, Absent) or known(v) for v in values)
        joined[name] = Unknown(line, why, options if settled else ())
    return joined


def _named_global(tree: ast.Module) -> dict[str, int]:
    """Names that some function declares `global`, with the line of that."""
    return {name: node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}


def _cannot_fail(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return statement.value is None or all(
            isinstance(node, ast.Constant | ast.Tuple | ast.List | ast.expr_context)
            for node in ast.walk(statement.value)
        )
    return isinstance(statement, ast.Pass | ast.FunctionDef | ast.AsyncFunctionDef) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _why_tried(body: Sequence[ast.stmt]) -> str:
    for statement in body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return f"an import that may fail, {ast.unparse(statement)}"
    return "something that may fail"


def _leaves_loop(statement: ast.For) -> bool:
    return any(isinstance(node, ast.Break | ast.Continue) for node in ast.walk(statement))


_RUNNERS: dict[type[ast.stmt], Callable[..., bool]] = {
    ast.Assign: Module._assign,
    ast.AnnAssign: Module._annotated,
    ast.AugAssign: Module._augmented,
    ast.Expr: Module._expression,
    ast.Import: Module._import,
    ast.ImportFrom: Module._import_from,
    ast.FunctionDef: Module._define,
    ast.AsyncFunctionDef: Module._define,
    ast.ClassDef: Module._define_class,
    ast.If: Module._if,
    ast.Try: Module._try,
    ast.TryStar: Module._try,
    ast.With: Module._with,
    ast.AsyncWith: Module._with,
    ast.For: Module._for,
    ast.AsyncFor: Module._loop,
    ast.While: Module._while,
    ast.Match: Module._match,
    ast.Delete: Module._delete,
    ast.Raise: Module._stop,
    ast.Break: Module._stop,
    ast.Continue: Module._stop,
}
if hasattr(ast, "TypeAlias"):
    _RUNNERS[ast.TypeAlias] = Module._alias

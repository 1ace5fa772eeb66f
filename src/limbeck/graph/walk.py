"""The walk through `upgrade()` or `downgrade()` of a revision file, in the order of the lines; nothing runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from limbeck.graph.operations import Operation, operation_change
from limbeck.graph.phrases import Change, Name, Phrase
from limbeck.graph.scope import Handle, Scope, code_of, last_name
from limbeck.graph.sql_words import sql_change, table_label

_EXECUTES = frozenset({"execute", "exec_driver_sql", "scalar", "scalars"})
_SILENT = frozenset({"print", "inspect", "from_engine", "getLogger", "basicConfig", "append", "extend"})
_LOGS = re.compile(r"(?:log|logger|logging|_log|_logger|LOG|LOGGER)\.")
_STOPS: Phrase = ("stops there",)
_DEPTH = 6  # functions that call functions
_MOST_STATEMENTS = 20_000  # of one function; functions that call each other often could go on without end


class Walk:
    """One way through the functions of a file."""

    def __init__(self, module: Scope) -> None:
        self.module = module
        self.entered: list[str] = []
        self.statements = 0

    def function(self, function: ast.FunctionDef, scope: Scope) -> Iterator[Change]:
        """The changes of a function's body."""
        self.entered.append(function.name)
        body = function.body
        yield from self.body(body[:-1] if isinstance(body[-1], ast.Return) and body[-1].value is None else body, scope)
        self.entered.pop()

    def body(self, statements: Iterable[ast.AST], scope: Scope) -> Iterator[Change]:
        """The changes of statements one after the other, or of the expression within a comprehension."""
        for statement in statements:
            self.statements += 1
            if self.statements > _MOST_STATEMENTS:
                return
            if isinstance(statement, ast.expr):
                yield from self.expression(statement, scope)
            elif isinstance(statement, ast.stmt):
                yield from self.statement(statement, scope)

    def statement(self, node: ast.stmt, scope: Scope) -> Iterator[Change]:
        """The changes of one statement, in the order in which they happen."""
        match node:
            case ast.Expr():
                yield from self.expression(node.value, scope, told=True)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                if node.value is not None:
                    yield from self.expression(node.value, scope)
                scope.learn(node)
            case ast.If():
                yield from self.condition("if ", node, scope)
            case ast.For() | ast.AsyncFor():
                yield from self.loop(node.target, node.iter, node, node.body, scope)
            case ast.While():
                yield from _group(("while ", Name(code_of(node.test)), ":"), node.lineno, self.body(node.body, scope))
            case ast.With() | ast.AsyncWith():
                yield from self.block(node, scope)
            case ast.Try():
                yield from self.attempt(node, scope)
            case ast.Match():
                for case in node.cases:
                    words = f"{code_of(node.subject, 40)} is {ast.unparse(case.pattern)}"
                    yield from _group(("if ", Name(words), ":"), case.pattern.lineno, self.body(case.body, scope))
            case ast.Raise():
                yield Change(_refusal(node, scope), node.lineno)
            case ast.Assert():
                yield Change(("refuses unless ", Name(code_of(node.test))), node.lineno)
            case ast.Return():
                if node.value is not None:
                    yield from self.expression(node.value, scope)
                else:
                    yield Change(_STOPS, node.lineno)
            case ast.FunctionDef():
                scope.learn(node)

    def condition(self, word: str, node: ast.If, scope: Scope) -> Iterator[Change]:
        """An `if` with its `elif` and `else`; empty branches are left out."""
        yield from self.expression(node.test, scope)
        inside = tuple(self.body(node.body, scope.inner()))
        if inside:
            yield Change((word, Name(code_of(node.test)), ":"), node.lineno, inside=inside)
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            yield from self.condition("else, if ", node.orelse[0], scope)
        elif node.orelse:
            words: Phrase = ("otherwise:",) if inside else ("unless ", Name(code_of(node.test)), ":")
            yield from _group(words, node.orelse[0].lineno, self.body(node.orelse, scope.inner()))

    def loop(
        self, target: ast.expr, values: ast.expr, node: ast.stmt | ast.expr, body: Sequence[ast.AST], scope: Scope
    ) -> Iterator[Change]:
        """A loop, told once."""
        yield from self.expression(values, scope)
        inner = scope.inner()
        inner.forget(target)
        known = scope.value(values)
        shown = known if isinstance(known, (ast.List, ast.Tuple, ast.Set)) and len(known.elts) < 12 else values
        phrase: Phrase = ("for each ", Name(code_of(target, 40)), " of ", Name(code_of(shown)), ":")
        yield from _group(phrase, node.lineno, self.body(body, inner))

    def block(self, node: ast.With | ast.AsyncWith, scope: Scope) -> Iterator[Change]:
        """A `with`: a batch gives its calls the table, `autocommit_block()` is told, the rest is looked through."""
        outside = False
        for item in node.items:
            call = item.context_expr
            name = last_name(call.func) if isinstance(call, ast.Call) else ""
            if name == "batch_alter_table" and isinstance(call, ast.Call):
                table = Operation(call, name, Handle(None), scope).table(0)
                if isinstance(item.optional_vars, ast.Name):
                    scope.values[item.optional_vars.id] = Handle(table)
            elif name == "autocommit_block":
                outside = True
            else:
                yield from self.expression(call, scope)
                if item.optional_vars is not None:
                    scope.bind(item.optional_vars, call)
        inside = self.body(node.body, scope)
        yield from _group(("outside a transaction:",), node.lineno, inside) if outside else inside

    def attempt(self, node: ast.Try, scope: Scope) -> Iterator[Change]:
        """A `try`: its body, then what is done when it fails; an error that is passed over is told."""
        tried = tuple(self.body(node.body, scope))
        yield from tried
        for handler in node.handlers if tried else ():
            error = Name(code_of(handler.type, 60) if handler.type is not None else "any error")
            inside = tuple(self.body(handler.body, scope.inner()))
            if inside:
                yield Change(("if that raises ", error, ":"), handler.lineno, inside=inside)
            else:
                yield Change(("goes on if that raises ", error), handler.lineno)
        yield from self.body(node.orelse, scope)
        yield from self.body(node.finalbody, scope)

    def expression(self, node: ast.expr, scope: Scope, *, told: bool = False) -> Iterator[Change]:
        """The changes that evaluating an expression makes; with `told`, a call that is not known is told as such."""
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
            first = node.generators[0]
            yield from self.loop(first.target, first.iter, node, (node.elt,), scope)
            return
        if isinstance(node, ast.Lambda):
            return
        found = self.call(node, scope) if isinstance(node, ast.Call) else None
        if found is not None:
            yield from found
            return
        parts = [part.value if isinstance(part, ast.keyword) else part for part in ast.iter_child_nodes(node)]
        changes = [change for part in parts if isinstance(part, ast.expr) for change in self.expression(part, scope)]
        yield from changes
        if told and not changes and isinstance(node, ast.Call) and not _is_silent(node):
            yield Change(("calls ", Name(code_of(node))), node.lineno)
        elif told and isinstance(node, (ast.Await, ast.YieldFrom)):
            yield from self.expression(node.value, scope, told=True) if not changes else ()

    def call(self, node: ast.Call, scope: Scope) -> Iterable[Change] | None:
        """The changes of a call that is understood; None for any other."""
        function = node.func
        if isinstance(function, ast.Name):
            return self.own_function(function.id, node, scope)
        if not isinstance(function, ast.Attribute):
            return None
        handle = scope.handle(function.value)
        if handle is not None:
            if function.attr in ("get_bind", "get_context", "f", "inline_literal", "batch_alter_table"):
                return ()
            return (operation_change(Operation(node, function.attr, handle, scope)),)
        if function.attr in _EXECUTES and node.args:
            return (sql_change(node.args[0], scope, node.lineno),)
        if function.attr in ("create", "drop"):
            return _created_or_dropped(function, node, scope)
        return None

    def own_function(self, name: str, node: ast.Call, scope: Scope) -> Iterable[Change] | None:
        """A function of the same file is followed, with the arguments that are known."""
        function = scope.functions.get(name)
        if function is None or name in self.entered or len(self.entered) > _DEPTH:
            return None
        inner = Scope(self.module.values, {**self.module.functions, **scope.functions})
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        given = dict(zip(names, node.args, strict=False))
        given.update({keyword.arg: keyword.value for keyword in node.keywords if keyword.arg})
        for argument in (*names, *(each.arg for each in function.args.kwonlyargs)):
            inner.values.pop(argument, None)
            if argument in given:
                value = scope.handle(given[argument]) or _known(given[argument], scope)
                inner.values[argument] = value
        changes = tuple(self.function(function, inner))
        if not any(map(_matters, changes)):
            return ()
        if any(map(_returns_early, changes)):  # what stops is that function, not the revision
            return (Change(("in ", Name(f"{name}()"), ":"), node.lineno, inside=changes),)
        return changes


def _matters(change: Change) -> bool:
    """Whether anything is asked or done; a function that only reckons may refuse its arguments, and is not told."""
    if change.inside:
        return any(map(_matters, change.inside))
    return not change.phrase[0].startswith(("refuses", "raises", "stops", "goes on", "calls"))


def _returns_early(change: Change) -> bool:
    return change.phrase == _STOPS or any(map(_returns_early, change.inside))


def _group(phrase: Phrase, line: int, inside: Iterable[Change]) -> Iterator[Change]:
    """The changes under one heading, or nothing when there are none."""
    changes = tuple(inside)
    if changes:
        yield Change(phrase, line, inside=changes)


def _known(node: ast.expr, scope: Scope) -> ast.expr:
    """An argument as the function that is called may read it: names of the caller are resolved."""
    text = scope.text(node)
    return ast.copy_location(ast.Constant(text), node) if text is not None else scope.value(node)


def _created_or_dropped(function: ast.Attribute, node: ast.Call, scope: Scope) -> Iterable[Change] | None:
    """`role.create(op.get_bind())` of an enum type, a table or an index."""
    owner = scope.value(function.value)
    if not isinstance(owner, ast.Call):
        return None
    verb = "creates" if function.attr == "create" else "drops"
    kind = last_name(owner.func)
    if kind.upper().endswith("ENUM"):
        name = next((given.value for given in owner.keywords if given.arg == "name"), None)
        labels = tuple((Name(scope.label(part)),) for part in owner.args) if function.attr == "create" else ()
        return (Change((f"{verb} enum type ", Name(scope.label(name))), node.lineno, labels),)
    if kind in ("Table", "Sequence", "Index") and owner.args:
        return (Change((f"{verb} {kind.lower()} ", Name(table_label(owner.args[0], scope))), node.lineno),)
    return None


def _refusal(node: ast.Raise, scope: Scope) -> Phrase:
    error = node.exc
    if isinstance(error, ast.Call):
        text = scope.text(error.args[0]) if error.args else None
        return ("refuses: ", Name(" ".join(text.split()))) if text else ("raises ", Name(code_of(error.func)))
    return ("raises ", Name(code_of(error))) if error is not None else ("raises the error again",)


def _is_silent(node: ast.Call) -> bool:
    """Calls that change nothing worth telling: what is printed, logged, asked or kept in a list."""
    name = last_name(node.func)
    return name in _SILENT or bool(_LOGS.match(code_of(node.func)))

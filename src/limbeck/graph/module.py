"""The names of a module's top level, as far as its text says what they are."""

from __future__ import annotations

import ast

from limbeck.graph.values import ABSENT, Absent, Imported, Unknown, can_change, copied, holds, known, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from limbeck.graph.imports import Imports

    Names = dict[str, object]


class Module:
    """A module whose top level has been followed.

    Attributes:
        package: dotted name of the package that its relative imports begin at; None for a file that is in none.
        names: every name and its value; what cannot be known is an `Unknown`.
        lines: where each name was assigned last.
        stars: modules that `import *` took names from.
        imports: how modules are found.
        self_aware: whether the module asked for its own name or place.
    """

    def __init__(self, tree: ast.Module, path: str, name: str, package: str | None, imports: Imports) -> None:
        """Follow the statements of a syntax tree.

        Args:
            path: absolute path of the file.
            name: what the module would be called.
        """
        self.package = package
        self.imports = imports
        self.names: Names = {"__doc__": ast.get_docstring(tree, clean=False)}
        self.lines: dict[str, int] = {}
        self.stars: list[Imported] = []
        self.self_aware = False
        self._own = {"__name__": name, "__file__": path}
        self._walrus = any(isinstance(node, ast.NamedExpr) for node in ast.walk(tree))
        self._undone = {n: node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global) for n in node.names}
        self._exposed: list[object] = []
        self._records: list[list[tuple[str, object]]] = []
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
            return Unknown(line, f"{value.why}, in {self._own['__file__']}:{value.line}", value.options)
        return value

    def assigns(self, name: str) -> bool:
        """Whether the module gives a name a meaning of its own."""
        return name in self.names or name in self._undone

    def bind(self, name: str, value: object, line: int) -> None:
        """Give a name a value."""
        if name in self._undone and isinstance(value, list | dict | set):
            self._exposed.append(value)
            self.touch(value, line, f"a value of {name}, which a function assigns by `global`")
        elif any(holds(value, exposed) for exposed in self._exposed):
            value = Unknown(line, "a value that a function may change")
        self.names[name] = value
        self.lines[name] = line
        self._record(name, value)

    def unbind(self, name: str) -> None:
        """Take a name away."""
        self.names.pop(name, None)
        self._record(name, ABSENT)

    def touch(self, value: object, line: int, why: str | None = None) -> None:
        """A value is changed in place, here and under every other name; with `why`, to something unknown."""
        for name, held in list(self.names.items()):
            lost = isinstance(value, Unknown) and value.shared and can_change(held)
            if lost:
                self.names[name] = Unknown(line, "a value that may be changed under another name", shared=True)
                self._record(name, self.names[name])
            elif holds(held, value):
                if why is not None:
                    self.names[name] = Unknown(line, why, shared=True)
                self._record(name, Unknown(line, why or "a value that is changed", shared=True))
            elif isinstance(held, Unknown) and any(map(can_change, held.options)):
                self.names[name] = held.result(shared=True)  # any of its options may be the one that is changed

    def shares(self, node: ast.expr) -> bool:
        """Whether an expression works with something that can be changed in place."""
        return any(isinstance(n, ast.Name) and can_change(self.names.get(n.id)) for n in ast.walk(node))

    def doubt_targets(self, node: ast.expr) -> None:
        """An expression could not be followed to its end: what it assigns by `:=` is not known."""
        if self._walrus:
            for inner in ast.walk(node):
                if isinstance(inner, ast.NamedExpr):
                    self.bind(inner.target.id, Unknown(inner.lineno, "a value", node=inner), inner.lineno)

    def hand_out(self, call: ast.Call) -> None:
        """A call may change the lists and dictionaries that it is given, and the one whose method it is."""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(call.func, ast.Attribute):
            given.append(call.func.value)
        for argument in given:
            for node in ast.walk(argument):
                value = self.names.get(node.id) if isinstance(node, ast.Name) else None
                if isinstance(value, list | dict | set | tuple | Unknown) and not isinstance(value, str):
                    self.touch(value, call.lineno, "a call that may change it")

    def run(self, statements: Sequence[ast.stmt]) -> bool:
        """Follow statements in their order; False when they certainly end in an exception or leave a loop."""
        from limbeck.graph.statements import follow

        return all(follow(statement, self) for statement in statements)

    def branches(self, ways: Iterable[Callable[[], bool]], line: int, why: str) -> bool:
        """Follow alternatives, each from the same state, and keep what they agree on.

        Returns:
            False when none of them comes to its end.
        """
        before, results = self.names, []
        for way in ways:
            self.names = self._copy(before)
            if way():
                results.append(self.names)
        self.names = _joined(results, line, why) if results else before
        return bool(results)

    def partly(self, body: Sequence[ast.stmt], line: int, why: str) -> bool:
        """The state after some of the statements, from none of them to all."""
        before = self.names
        for name, values in self._recorded(body).items():
            options = [before.get(name, ABSENT), *values]
            if all(same(options[0], option) for option in options[1:]):
                continue
            plain = all(isinstance(o, str | tuple | Absent) or o is None for o in options) and all(map(known, options))
            before[name] = Unknown(line, why, options if plain else (), shared=any(map(can_change, options)))
        return True

    def repeated(self, body: Sequence[ast.stmt], line: int, why: str) -> bool:
        """The state after the statements have been run any number of times, or left in their middle."""
        before, changed = self.names, set[str]()
        while True:
            new = set()
            for name, values in self._recorded(body).items():
                if not all(same(before.get(name, ABSENT), value) for value in values):
                    new.add(name)
            if new <= changed:
                return True
            changed |= new
            for name in changed:
                before[name] = Unknown(line, why, shared=True)

    def _recorded(self, body: Sequence[ast.stmt]) -> dict[str, list[object]]:
        """Everything that statements assign to each name, in a state that is forgotten."""
        before, record = self.names, list[tuple[str, object]]()
        self.names = self._copy(before)
        self._records.append(record)
        self.run(body)
        self._records.pop()
        self.names = before
        values: dict[str, list[object]] = {}
        for name, value in record:
            values.setdefault(name, []).append(value)
        return values

    def _record(self, name: str, value: object) -> None:
        for record in self._records:
            record.append((name, value))

    def _copy(self, names: Names) -> Names:
        done: dict[int, object] = {}
        return {name: copied(value, done) for name, value in names.items()}


def _joined(results: list[Names], line: int, why: str) -> Names:
    joined: Names = {}
    for name in dict.fromkeys(name for result in results for name in result):
        values = [result.get(name, ABSENT) for result in results]
        if all(same(values[0], value) for value in values[1:]):
            joined[name] = values[0]
            continue
        options: list[object] = []
        for value in values:
            options += value.options if isinstance(value, Unknown) else [value]
        settled = all((isinstance(v, Unknown) and v.options) or isinstance(v, Absent) or known(v) for v in values)
        joined[name] = Unknown(line, why, options if settled else (), shared=any(map(can_change, values)))
    return joined

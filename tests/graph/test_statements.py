"""Whatever limbeck says that a module's top level assigns, running it assigns; what it does not know, it says."""

from __future__ import annotations

import ast
import random
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limbeck.graph.imports import Imports
from limbeck.graph.module import Module
from limbeck.graph.values import ABSENT, Absent, OrderedSet, Unknown, known, size_of, unknown_in

NAMES = ("a", "b", "c", "revision", "depends_on")


def follow(text: str) -> Module:
    return Module(ast.parse(text), "/v/a.py", "a_py", None, Imports([]))


class Writer:
    """Writes random programs out of assignments, branches, loops and growing lists."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def program(self, flags: int) -> tuple[str, dict[str, object]]:
        """A program that comes to its end, and what it assigns; statements that fail are left out."""
        text, names = "", run("", flags)
        for _ in range(self._chance.randint(1, 24)):
            longer = text + self._statement(2) + "\n"
            try:
                names = run(longer, flags)
            except (Exception, TooLong):
                continue
            text = longer
        return text, names

    def _name(self) -> str:
        return self._chance.choice(NAMES)

    def _expression(self, depth: int) -> str:
        pick = self._chance.choice
        simple = [repr(pick(("x", "yz", ""))), pick(("None", "True", "0", "2")), self._name(), self._name(), "flag()"]
        if depth == 0:
            return pick(simple)
        one, other = self._expression(depth - 1), self._expression(depth - 1)
        return pick(
            [
                *simple,
                f"[{one}, {other}]",
                f"({one}, {other})",
                f"({one},)",
                f"{{'k': {one}}}",
                f"({one} + {other})",
                f"({one} * 2)",
                f"({one} or {other})",
                f"({one} and {other})",
                f"({one} if {other} else {one})",
                f"({one} == {other})",
                f"(not {one})",
                f"{one}[0]",
                f"{one}[1:]",
                f"[*{one}]",
                f"tuple({one})",
                f"list({one})",
                f"str({one})",
                "f'{" + self._name() + "}-{" + self._name() + "!r}'",
                f"'%s' % ({one},)",
                f"'-'.join({one})",
                "'x y'.split()",
                f"({self._name()} := {one})",
                f"lambda: {one}",
                f"[n for n in {one}]",
            ]
        )

    def _block(self, depth: int) -> str:
        lines = [self._statement(depth) for _ in range(self._chance.randint(1, 2))]
        return "\n".join("    " + line for text in lines for line in text.split("\n"))

    def _statement(self, depth: int) -> str:
        kind = self._chance.randrange(20 if depth else 9)
        name, value = self._name(), self._expression(2)
        if kind < 4:
            return f"{name} = {value}"
        if kind == 4:
            return f"{name} = {self._name()} = {value}"
        if kind == 5:
            return f"{name}, {self._name()} = {value}"
        if kind == 6:
            return f"{name} += {value}"
        if kind == 7:
            return f"{name}.{self._chance.choice(('append', 'extend', 'remove'))}({value})"
        if kind == 8:
            return self._chance.choice(
                (f"del {name}", f"{name}: str", f"{name}: str = {value}", f"{name}[0] = {value}")
            )
        return self._compound(kind, name, value, depth - 1)

    def _compound(self, kind: int, name: str, value: str, depth: int) -> str:
        block, other = self._block(depth), self._block(depth)
        texts = {
            9: f"if {value}:\n{block}",
            10: f"if {value}:\n{block}\nelse:\n{other}",
            11: f"if flag():\n{block}\nelse:\n{other}",
            12: f"try:\n{block}\nexcept Exception:\n{other}",
            13: f"try:\n{block}\nexcept ValueError:\n{other}\nexcept Exception as c:\n    pass\nelse:\n{other}",
            14: f"try:\n{block}\nfinally:\n{other}",
            15: f"for {name} in {value}:\n{block}",
            16: f"for {name} in ('p', 'q'):\n{block}\nelse:\n{other}",
            17: f"while flag():\n{block}",
            18: f"def {name}():\n    global {self._name()}\n    {self._name()} = 1",
            19: f"with suppress(Exception):\n{block}",
        }
        return texts[kind]


class TooLong(BaseException):
    """The program did not end soon."""


def run(text: str, seed: int) -> dict[str, object]:
    """The names that the program really assigns; its unknown conditions are drawn."""
    from contextlib import suppress

    chance, steps = random.Random(seed), [0]

    def flag() -> bool:
        steps[0] += 1
        if steps[0] > 30:
            raise TooLong
        return chance.random() < 0.5

    lines = [0]

    def count(*_: object) -> object:
        lines[0] += 1
        if lines[0] > 300 or size_of([names.get(name) for name in NAMES], 500) > 500:
            raise TooLong
        return count

    names: dict[str, object] = {"__name__": "a_py", "flag": flag, "suppress": suppress}
    before = sys.gettrace()
    sys.settrace(count)
    try:
        exec(compile(text, "/v/a.py", "exec"), names)  # a program that this test wrote
    finally:
        sys.settrace(before)
    return names


def told(value: object) -> object:
    """A value as limbeck and Python both show it."""
    if isinstance(value, OrderedSet | set):
        return frozenset(value)
    if isinstance(value, list | tuple):
        return (type(value).__name__, [told(each) for each in value])
    if isinstance(value, dict):
        return [(key, told(each)) for key, each in value.items()]
    return value if isinstance(value, str | int | float | bool | None) else "other"


@given(st.integers(), st.integers())
def test_what_is_said_is_so(seed, chance):
    text, ran = Writer(seed).program(chance)
    module = follow(text)
    for name in NAMES:
        value = module.value_of(name, 1) if module.assigns(name) else ABSENT
        real = ran.get(name, ABSENT)
        if isinstance(value, Unknown):
            options = [told(option) if known(option) else "other" for option in value.options]
            assert not options or told(real) in options or isinstance(real, Absent), (text, name, real, options)
        elif isinstance(value, Absent) or isinstance(real, Absent):
            assert type(value) is type(real), (text, name, real)
        elif unknown_in(value) is None and known(value):
            assert told(value) == told(real), (text, name)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("revision = make()", "a call, make()"),
        ("revision = [make()]", "a call, make()"),
        ("revision = 'x' * 10_000_000", "a long value, 'x' * 10000000"),
        ("revision = f'{1:>99999}'", "a long value, f'{1:>99999}'"),
        ("revision = '%99999d' % 1", "an expression, '%99999d' % 1"),
        ("revision = 'x'.zfill(99999)", "a call, 'x'.zfill(99999)"),
        ("revision = '{:99999}'.format(1)", "a call, '{:99999}'.format(1)"),
        ("revision = [1][4]", "something that fails (list index out of range), [1][4]"),
        ("revision = missing", "the name missing"),
        ("for n in range(3): revision = n", "a loop"),
        ("while make(): revision = 1", "a loop"),
        ("with make() as revision: pass", "a context, make()"),
        ("a, *revision = 1, 2", "an assignment to several names"),
    ],
)
def test_why_it_is_not_known(text, why):
    value = unknown_in(follow(text).value_of("revision", 1))
    assert value is not None
    assert value.why == why


def test_text_that_doubles_is_not_built():
    value = follow("a = 'x'\n" + "a = a + a\n" * 64).value_of("a", 1)
    assert isinstance(value, Unknown)

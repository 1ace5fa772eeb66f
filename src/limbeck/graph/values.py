"""Values that a module's text says, and those that it does not say."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from limbeck.graph.module import Module


class Unknown:
    """A value that cannot be known without running the module.

    Attributes:
        line: where it comes from.
        options: everything that it can be, when that is known.
        shared: whether it may be a list or dictionary that another name has too.
    """

    __slots__ = ("_node", "_why", "line", "options", "shared")

    def __init__(
        self,
        line: int,
        why: str,
        options: Sequence[object] = (),
        node: ast.AST | None = None,
        *,
        shared: bool = False,
    ) -> None:
        """See the class.

        Args:
            why: the reason, as in "a call"; what is called follows from `node`.
            node: the text that is to be shown after it.
        """
        self.line = line
        self.options = tuple(options)
        self.shared = shared
        self._why = why
        self._node = node

    @property
    def why(self) -> str:
        """The reason, to follow on "needs running: "."""
        return self._why if self._node is None else f"{self._why}, {shown(self._node)}"

    def result(self, *, shared: bool) -> Unknown:
        """What comes of working with this value: unknown as well, and it can be anything."""
        return Unknown(self.line, self._why, (), self._node, shared=shared)


class Absent:
    """The value of a name that is not assigned; an option of an `Unknown` only."""


ABSENT = Absent()


class Opaque:
    """A function, a class or the like: it is there, and it is no constant."""

    __slots__ = ("members",)

    def __init__(self, members: dict[str, object] | None = None) -> None:
        self.members = members

    def __repr__(self) -> str:
        return "a function or a class"


class Imported:
    """A module, or one of its names, that has not been looked at yet.

    Attributes:
        module: the module's dotted name, with a dot in front for each level of a relative import.
        name: what is wanted of it; None for the module itself.
    """

    __slots__ = ("line", "module", "name")

    def __init__(self, module: str, name: str | None, line: int) -> None:
        self.module = module
        self.name = name
        self.line = line


class Followed:
    """A module that was found and read, by its dotted name."""

    __slots__ = ("module", "name")

    def __init__(self, module: Module, name: str) -> None:
        self.module = module
        self.name = name

    def __repr__(self) -> str:
        return f"the module {self.name}"


def shown(node: ast.AST) -> str:
    """The text of an expression, shortened."""
    text = ast.unparse(node)
    return text if len(text) <= 60 else text[:57] + "..."


def same(one: object, other: object) -> bool:
    """Whether two values are equal, types included."""
    if one is other:
        return True
    if type(one) is not type(other) or isinstance(one, Unknown | Opaque | Imported | Followed):
        return False
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return same(list(one.items()), list(other.items()))
    return bool(one == other)


def copied(value: object, done: dict[int, object]) -> object:
    """A copy of what can be changed in place; what was one object stays one."""
    if not isinstance(value, list | dict | tuple | set):
        return value
    if id(value) not in done:
        copy: object
        if isinstance(value, list):
            copy = [copied(each, done) for each in value]
        elif isinstance(value, dict):
            copy = {key: copied(each, done) for key, each in value.items()}
        elif isinstance(value, tuple):
            copy = tuple(copied(each, done) for each in value)
        else:
            copy = OrderedSet(value)
        done[id(value)] = copy
    return done[id(value)]


def can_change(value: object) -> bool:
    """Whether a value, or a part of it, can be changed in place."""
    if isinstance(value, Unknown):
        return value.shared
    return isinstance(value, list | dict | set) or (isinstance(value, tuple) and any(map(can_change, value)))


def size_of(value: object, limit: int) -> int:
    """How many characters and items a value has in all; counting ends above the limit."""
    if isinstance(value, str | bytes):
        return len(value)
    size = 1
    if isinstance(value, list | tuple | dict | set):
        for each in value.values() if isinstance(value, dict) else value:
            size += size_of(each, limit - size)
            if size > limit:
                break
    return size


def holds(value: object, part: object) -> bool:
    """Whether a value is this very object, or has it somewhere within."""
    if value is part:
        return True
    if isinstance(value, list | tuple):
        return any(holds(each, part) for each in value)
    return isinstance(value, dict) and any(holds(each, part) for each in value.values())


class OrderedSet(set[object]):
    """A set that remembers the order of its text, so that two readings agree; Python's own has none."""

    __slots__ = ("order",)

    def __init__(self, items: object = ()) -> None:
        source = items.order if isinstance(items, OrderedSet) else items
        self.order: list[object] = list(dict.fromkeys(source))  # type: ignore[call-overload]
        super().__init__(self.order)


def unknown_in(value: object) -> Unknown | None:
    """The first part of a value that is unknown."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, list | tuple):
        return next((found for found in map(unknown_in, value) if found is not None), None)
    return None


def known(value: object) -> bool:
    """Whether nothing in the value is unknown, nor a function or a module."""
    if isinstance(value, Unknown | Opaque | Imported | Followed):
        return False
    if isinstance(value, list | tuple):
        return all(map(known, value))
    if isinstance(value, dict):
        return all(map(known, value.values()))
    return True

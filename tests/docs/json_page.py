"""docs/json.md as data, and what it says checked against what was printed."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, NamedTuple

from tests.docs.pages import DOCS, sections, table

_COLUMNS = ("key", "type", "meaning")
_PLAIN = {"string": str, "integer": int, "number": float, "boolean": bool}
ALL_KEYS = "*"


class Key(NamedTuple):
    """One row: `kind` is a plain type, a shape's name or "list of" either, or values in quotes."""

    name: str
    kind: str
    optional: bool
    nullable: bool

    @property
    def values(self) -> set[str]:
        """The only values that it may have; none when any will do."""
        return set(re.findall(r'"([^"]*)"', self.kind))


class JsonPage:
    """The tables of the page.

    Attributes:
        documents: keys of what a command prints, by the heading.
        shapes: keys of what is inside, by the name.
    """

    def __init__(self) -> None:
        text = (DOCS / "json.md").read_text(encoding="utf-8")
        own = text.partition("\n## Shapes\n")[0]
        self.shapes = {title: _keys(body) for title, body in sections(text, 3).items()}
        self.documents = {title: _keys(body) for title, body in sections(own, 2).items()}

    def keys(self, rows: list[Key]) -> list[Key]:
        """The rows with those of the shapes that `*` stands for."""
        return [key for row in rows for key in (self.keys(self.shapes[row.kind]) if row.name == ALL_KEYS else [row])]

    def used_shapes(self) -> set[str]:
        """Every shape that a table names."""
        tables = [*self.documents.values(), *self.shapes.values()]
        kinds = {row.kind.removeprefix("list of ") for rows in tables for row in rows if not row.values}
        return kinds - set(_PLAIN)


def _keys(body: str) -> list[Key]:
    rows = []
    for name, kind, _ in table(body, *_COLUMNS):
        nullable = kind.endswith(" or null")
        rows.append(Key(name.removesuffix("?"), kind.removesuffix(" or null"), name.endswith("?"), nullable))
    return rows


class Evidence:
    """Whether printed documents are as the page says, and what of the page they have shown.

    Attributes:
        seen: by shape and key, what its values were: "absent", "null", "empty", "filled", or one that the page lists.
    """

    def __init__(self, page: JsonPage) -> None:
        self.page = page
        self.seen: dict[tuple[str, str], set[str]] = defaultdict(set)

    def document(self, title: str, printed: dict[str, Any]) -> None:
        """Check what a command printed against the table below a heading."""
        assert next(iter(printed.items())) == ("format", "limbeck/1")
        own = {key: value for key, value in printed.items() if key != "format"}
        self._object(title, self.page.documents[title], own, title)

    def _object(self, title: str, rows: list[Key], printed: object, place: str) -> None:
        assert isinstance(printed, dict), f"{place} is no object"
        keys = self.page.keys(rows)
        documented = [key.name for key in keys]
        there = list(printed)
        assert there == [name for name in documented if name in printed], f"{place} has the keys {there}"
        for key in keys:
            where = f"{place}.{key.name}"
            if key.name not in printed:
                assert key.optional, f"{where} is missing"
                self.seen[title, key.name].add("absent")
            elif printed[key.name] is None:
                assert key.nullable, f"{where} is null"
                self.seen[title, key.name].add("null")
            else:
                self._value(title, key, printed[key.name], where)

    def _value(self, title: str, key: Key, printed: object, where: str) -> None:
        kind = key.kind.removeprefix("list of ")
        values = [printed]
        if kind != key.kind:
            assert isinstance(printed, list), f"{where} is no list"
            values = printed
        for value in values:
            if key.values:
                assert value in key.values, f"{where} is {value!r}"
                self.seen[title, key.name].add(str(value))
            elif kind in _PLAIN:
                assert type(value) is _PLAIN[kind], f"{where} is {value!r}"
            else:
                self._object(kind, self.page.shapes[kind], value, where)
        self.seen[title, key.name].add("filled" if values else "empty")

    def unseen(self) -> list[str]:
        """What the page says and no document has shown: a key, an absence, a null, a value."""
        missing = []
        for title, rows in [*self.page.documents.items(), *self.page.shapes.items()]:
            for key in self.page.keys(rows):
                wanted = {"filled", *key.values, *["absent"] * key.optional, *["null"] * key.nullable}
                missing += [f"{title}: {key.name}: {word}" for word in sorted(wanted - self.seen[title, key.name])]
        return missing

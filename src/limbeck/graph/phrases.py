"""Short words for what a revision does: phrases in which the names of tables, columns and code stand apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from limbeck.model.record import NamedTuple

Phrase = tuple[str, ...]


class Name(str):
    """A part of a phrase that names something or is code; a renderer may set it apart."""

    __slots__ = ()


class Change(NamedTuple):
    """One thing that a revision does, or several under one condition.

    Attributes:
        phrase: the words, those that are a `Name` being names or code.
        line: line of the file, from 1.
        details: further phrases, such as one for each column of a new table.
        sql: the whole SQL, when the file gives it.
        inside: what is done under this condition, or in this loop.
    """

    phrase: Phrase
    line: int
    details: tuple[Phrase, ...] = ()
    sql: str | None = None
    inside: tuple[Change, ...] = ()

    @property
    def text(self) -> str:
        """The words as plain text."""
        return "".join(self.phrase)


def listed(names: Sequence[str], most: int = 10) -> Phrase:
    """` (a, b, c)` with at most so many names, or nothing when there is none."""
    if not names:
        return ()
    shown = [" (", *_between([Name(name) for name in names[:most]])]
    if len(names) > most:
        shown.append(f" and {len(names) - most} more")
    return (*shown, ")")


def _between(names: Iterable[str]) -> list[str]:
    parts: list[str] = []
    for name in names:
        parts += [", ", name] if parts else [name]
    return parts

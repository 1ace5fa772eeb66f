"""Conditions as PostgreSQL prints them, in the one spelling that they have once they have been read back.

A database that was restored from a dump has been given its own texts to read, and prints some of them otherwise: a
list's constants are cast one by one, and a chain of AND, such as BETWEEN makes one of, has lost its inner parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ONE = r"(?:'(?:[^']|'')*'|-?[\d.]+|NULL)(?:::[a-z_][\w .]*(?:\(\d+(?:,\d+)?\))?)?"
_CONSTANT = re.compile(_ONE)
_CAST_LIST = re.compile(rf"\(ARRAY\[(?P<constants>{_ONE}(?:, {_ONE})*)\]\)::(?P<type>[a-z_][\w .]*)\[\]")
_MARKS = ("])::", ")) AND ", " AND ((", ")) OR ", " OR ((")
# A piece of text in quotes, a parenthesis, or what is neither.
_PIECE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]|[^'"()]+|.""", re.DOTALL)
_Group = list["str | _Group"]


def may_change(text: str) -> bool:
    """Whether the text may have another spelling; most have none."""
    return any(mark in text for mark in _MARKS)


def read_back(text: str) -> str:
    """The text as the server would print it, had it read it."""
    if not may_change(text):
        return text
    text = _CAST_LIST.sub(_cast_one_by_one, text)
    tree = _tree(text)
    return text if tree is None else _spelled(tree)


def _cast_one_by_one(found: re.Match[str]) -> str:
    constants = ", ".join(f"({constant})::{found['type']}" for constant in _CONSTANT.findall(found["constants"]))
    return f"ARRAY[{constants}]"


def _tree(text: str) -> _Group | None:
    """The text with a list for each pair of parentheses; None where they are no pairs."""
    root: _Group = []
    way = [root]
    for piece in _PIECE.findall(text):
        if piece == "(":
            inner: _Group = []
            way[-1].append(inner)
            way.append(inner)
        elif piece == ")":
            if len(way) == 1:
                return None
            way.pop()
        else:
            way[-1].append(piece)
    return root if len(way) == 1 else None


def _spelled(group: _Group) -> str:
    return "".join(piece if isinstance(piece, str) else f"({_spelled(_flat(piece))})" for piece in group)


def _flat(group: _Group) -> _Group:
    """The group without the parentheses around chains of the same word as its own."""
    word = _chained(group)
    if not word:
        return group
    result: _Group = []
    for place, piece in enumerate(group):
        if isinstance(piece, list) and _stands_alone(group, place, word) and _chained(inner := _flat(piece)) == word:
            result += inner
        else:
            result.append(piece)
    return result


def _chained(group: _Group) -> str:
    """AND or OR, where that alone joins what is in the group; else nothing."""
    words = set(_words(group))
    return words.pop() if len(words) == 1 and words <= {"AND", "OR"} else ""


def _words(group: _Group) -> Iterator[str]:
    for piece in group:
        if isinstance(piece, str) and piece[0] not in "'\"":
            yield from re.findall(r"\b(?:AND|OR|CASE|WHEN|THEN|ELSE|END|SELECT|WHERE|FROM|ON)\b", piece)


def _stands_alone(group: _Group, place: int, word: str) -> bool:
    """Whether the piece is all that stands between two such words, or one and the end."""
    before = group[place - 1] if place else f" {word} "
    after = group[place + 1] if place + 1 < len(group) else f" {word} "
    return (
        isinstance(before, str)
        and isinstance(after, str)
        and before.rstrip().endswith(f" {word}")
        and after.lstrip().startswith(f"{word} ")
    )

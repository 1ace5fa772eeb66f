"""Values that a condition itself names: what it compares with, the lengths it asks for, the patterns it wants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from limbeck.database.rows.patterns import accepted

# An operator before it, the text, the type that it is cast to.
_TEXT = re.compile(r"(?:(!?~~?\*?)\s*)?(?:E|N)?'((?:[^']|'')*)'(?:::([a-z ]+))?")
_OF_TEXT = ("", "text", "character varying", "bpchar", "unknown")
_NUMBER = re.compile(r"(?<![\w.'])-?\d+(?:\.\d+)?(?![\w'])")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(.*)")
_LONGEST = 2000  # characters; a number in a condition may be the length of a text


def constants(condition: str, number: int, *, of_texts: bool) -> tuple[str, ...]:
    """Texts worth trying for a column of an SQL condition, the likeliest first; others for another number.

    Args:
        of_texts: the column holds texts: what the condition calls a date or a number is left out.
    """
    return tuple(dict.fromkeys(_constants(condition, number, of_texts)))


def _constants(condition: str, number: int, of_texts: bool) -> Iterator[str]:
    for operator, quoted, cast in _TEXT.findall(condition):
        text = quoted.replace("''", "'")
        if of_texts and cast.strip() not in _OF_TEXT:
            continue
        if operator in ("~", "~*"):
            yield from accepted(text, number)
        elif operator in ("~~", "~~*"):
            yield from (text.replace("%", filler).replace("_", "a") for filler in ("", f"a{number}"))
        else:
            yield text
            yield from _days_after(text)
    for word in _NUMBER.findall(_TEXT.sub("", condition)):
        if "." in word:
            yield from (word, f"{float(word) + 0.1:.2f}", f"{float(word) - 0.1:.2f}")
            continue
        value = int(word)
        yield from (word, str(value + 1 + number), str(value + 1), str(value - 1))
        if 0 < value <= _LONGEST:
            yield from ("x" * length for length in (value, value + 1, value - 1))


def _days_after(text: str) -> Iterator[str]:
    found = _DATE.fullmatch(text)
    if found:
        try:
            day = date.fromisoformat(found[1])
        except ValueError:
            return  # it only looks like a date
        yield from ((day + timedelta(days=days)).isoformat() + found[2] for days in (1, -1))

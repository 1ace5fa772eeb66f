"""Which types hold every value of another, as PostgreSQL spells them."""

from __future__ import annotations

import re

_TEXT = ("character varying", "character", "text", "citext", "name")
_WHOLE = {"smallint": 5, "integer": 10, "bigint": 19}
_FLOAT = {"real": 6, "double precision": 15}
_TIMES = (
    "timestamp with time zone",
    "timestamp without time zone",
    "date",
    "time with time zone",
    "time without time zone",
)
_JSON = ("json", "jsonb")
_PARTS = re.compile(r"([^(\[]+?)\s*(?:\(([\d\s,-]+)\))?\s*((?:with|without) time zone)?\s*((?:\[\])*)$")


def kind_of(type_: str) -> str:
    """The kind of a type's values: text, number, time, json; else the type's own name."""
    name, _, array = _parsed(type_)
    for kind, names in (("text", _TEXT), ("number", (*_WHOLE, *_FLOAT, "numeric")), ("time", _TIMES), ("json", _JSON)):
        if name in names:
            return kind + array
    return name + array


def holds_all(old: str, new: str) -> bool:
    """Whether every value of the old type is one of the new."""
    before, after = _parsed(old), _parsed(new)
    if before == after:
        return True
    if before[2] != after[2] or kind_of(old) != kind_of(new):
        return (before[0], after[0]) in (("cidr", "inet"),)
    kind = kind_of(old).removesuffix(before[2])
    if kind == "text":
        return _length(after) is None or (
            _length(before) is not None and (_length(before) or 0) <= (_length(after) or 0)
        )
    if kind == "number":
        return _holds_numbers(before, after)
    if kind == "time":
        return _holds_times(before, after)
    if kind == "json":
        return True
    return not after[1] or (bool(before[1]) and before[1] <= after[1])


_Parsed = tuple[str, tuple[int, ...], str]


def _parsed(type_: str) -> _Parsed:
    match = _PARTS.match(type_.strip().lower())
    if match is None:
        return type_, (), ""
    name = match[1] if not match[3] else f"{match[1]} {match[3]}"
    sizes = tuple(int(part) for part in (match[2] or "").split(",") if part.strip())
    return name, sizes, match[4] or ""


def _length(type_: _Parsed) -> int | None:
    """Characters of a text; None without a bound."""
    if type_[1]:
        return type_[1][0]
    return 1 if type_[0] == "character" else 63 if type_[0] == "name" else None


def _digits(type_: _Parsed) -> tuple[float, float]:
    """Digits before and behind the point."""
    name, sizes, _ = type_
    if name in _WHOLE:
        return _WHOLE[name], 0
    if name in _FLOAT:
        return 308, _FLOAT[name]
    if not sizes:
        return 131072, 16383
    scale = sizes[1] if len(sizes) > 1 else 0
    return sizes[0] - scale, scale


def _holds_numbers(old: _Parsed, new: _Parsed) -> bool:
    return all(before <= after for before, after in zip(_digits(old), _digits(new), strict=True))


def _holds_times(old: _Parsed, new: _Parsed) -> bool:
    if old[0] != new[0]:
        return {old[0], new[0]} == {"timestamp with time zone", "timestamp without time zone"} or (
            old[0] == "date" and new[0].startswith("timestamp")
        )
    return not new[1] or (bool(old[1]) and old[1] <= new[1])

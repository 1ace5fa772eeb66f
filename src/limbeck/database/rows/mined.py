"""Values that a column's conditions themselves name, where they may be values of its type."""

from __future__ import annotations

import re
from collections.abc import Iterable

from limbeck.database.rows.base_types import TEXTS
from limbeck.database.rows.constants import constants
from limbeck.database.rows.literals import literal
from limbeck.database.rows.table import Family, Type

_LIKE = {
    **dict.fromkeys(("int1", "int2", "int3", "int4", "int8", "oid"), re.compile(r"-?\d{1,18}")),
    **dict.fromkeys([f"uint{size}" for size in (1, 2, 3, 4, 8)], re.compile(r"\d{1,18}")),
    "flag": re.compile(r"[01]"),
    "year": re.compile(r"\d{4}"),
    "instant": re.compile(r"\d{4}-\d\d-\d\d.*"),
    **dict.fromkeys(("numeric", "float4", "float8", "money"), re.compile(r"-?\d+(\.\d+)?")),
    **dict.fromkeys(("date", "timestamp", "timestamptz"), re.compile(r"\d{4}-\d\d-\d\d.*")),
    **dict.fromkeys(("time", "timetz"), re.compile(r"\d\d:\d\d.*")),
    **dict.fromkeys(("json", "jsonb"), re.compile(r"[\[{].*|\d+")),
    "interval": re.compile(r"\d+ \w+|[\d:]+"),
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "inet": re.compile(r"[\d.]+(/\d+)?"),
    "bool": re.compile(r"true|false"),
    **dict.fromkeys(TEXTS, re.compile(r".*", re.DOTALL)),
}
_BITS: dict[str, int] = {
    "int1": 8,
    "int3": 24,
    **{f"uint{size}": 8 * size + 1 for size in (1, 2, 3, 4, 8)},
    "int2": 16,
    "int4": 32,
    "int8": 64,
}


def mined(type_: Type, conditions: Iterable[str], number: int) -> list[str]:
    """Literals for a column of the type, likely ones first; others for another number."""
    if type_.family is not Family.BASE:
        return []
    of_texts = type_.base in TEXTS
    found = [text for condition in conditions for text in constants(condition, number, of_texts=of_texts)]
    return [literal(text) for text in found if _fits(type_, text)]


def _fits(type_: Type, text: str) -> bool:
    """Whether a text may be a value of the type, as far as can be told without asking."""
    pattern = _LIKE.get(type_.base)
    if pattern is None or pattern.fullmatch(text) is None:
        return False
    if type_.base in _BITS:
        return abs(int(text)) < 1 << (_BITS[type_.base] - 1)
    return type_.length is None or type_.base not in TEXTS or len(text) <= type_.length

"""How a statement begins: what tells its kind without reading the rest."""

from __future__ import annotations

import re
from functools import lru_cache

# What a comment of MySQL's or MariaDB's own holds, /*!50000 … */, they execute.
_OPENING = re.compile(r"(?:\s+|(?:--|#)[^\n]*(?:\n|\Z)|/\*M?!\d*|/\*.*?\*/|[(;])*([A-Za-z_]+)", re.DOTALL)

READING = frozenset({"select", "show", "explain", "pragma", "values", "table", "describe", "desc"})


@lru_cache(maxsize=64)  # several ask about the same statement, one after the other
def first_word(sql: str) -> str:
    """The first key word, in lower case; empty when there is none."""
    match = _OPENING.match(sql)
    return match.group(1).lower() if match else ""


def opening(sql: str) -> int:
    """How many characters stand before the first key word: space, comments; 0 when there is none."""
    match = _OPENING.match(sql)
    return match.start(1) if match else 0

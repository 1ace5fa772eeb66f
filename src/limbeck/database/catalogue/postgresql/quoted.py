"""Names as SQL writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SAFE = re.compile(r"[a-z_][a-z0-9_]*").fullmatch


class Quoted(dict[str, str]):
    """From a name to its spelling, as quote_ident has it: in quotation marks where it must be."""

    def __init__(self, reserved: Iterable[str]) -> None:
        super().__init__()
        self._reserved = frozenset(reserved)

    def __missing__(self, name: str) -> str:
        safe = _SAFE(name) is not None and name not in self._reserved
        self[name] = spelling = name if safe else '"' + name.replace('"', '""') + '"'
        return spelling

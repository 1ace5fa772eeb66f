"""A digest of a statement and its parameters: the same in every process, and for equal values only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

_PLAIN = (str, int, float, bool, bytes, type(None))


def mark_of(sql: str, parameters: Any) -> str:
    """The digest, in hexadecimal."""
    return hashlib.sha256(
        f"{sql}\0{_words(parameters) if parameters else ''}".encode(errors="surrogatepass")
    ).hexdigest()[:32]


def _words(value: Any) -> str:
    if isinstance(value, _PLAIN):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_words(inner)}" for key, inner in sorted(value.items(), key=repr)) + "}"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}({', '.join(map(_words, value))})"
    if isinstance(value, (bytearray, memoryview)):
        return repr(bytes(value))
    inner = getattr(value, "obj", None)  # a driver's wrapper around JSON, which shows the beginning of it only
    if inner is not None:
        return f"{type(value).__name__}({_words(inner)})"
    return f"{type(value).__name__}({value!r})"

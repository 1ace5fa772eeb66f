"""SQLite's types: any words, of which some say what is meant."""

from __future__ import annotations

import re

from limbeck.database.rows.table import Family, Type

_DECLARED = re.compile(r"\s*([^()]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*")
# The type that is meant, and what values are cast to for a condition to judge them as the column would.
_MEANT: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("BOOLEAN", "BOOL"), ("flag", "INTEGER")),
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT2"), ("int2", "INTEGER")),
    **dict.fromkeys(("INTEGER", "INT", "MEDIUMINT", "INT4"), ("int4", "INTEGER")),
    **dict.fromkeys(("BIGINT", "INT8", "UNSIGNED BIG INT"), ("int8", "INTEGER")),
    **dict.fromkeys(("REAL", "FLOAT", "DOUBLE", "DOUBLE PRECISION"), ("float8", "REAL")),
    **dict.fromkeys(("NUMERIC", "DECIMAL"), ("numeric", "NUMERIC")),
    **dict.fromkeys(("DATETIME", "TIMESTAMP"), ("timestamp", "")),
    "DATE": ("date", ""),
    "TIME": ("time", ""),
    **dict.fromkeys(("JSON", "JSONB"), ("json", "")),
    **dict.fromkeys(("BLOB", "BINARY", "VARBINARY"), ("blob", "")),
    "UUID": ("uuid", ""),
}
# By what else a type is called, in SQLite's own order.
_BY_WORDS = (
    (("INT",), ("int8", "INTEGER")),
    (("CHAR", "CLOB", "TEXT"), ("varchar", "TEXT")),
    (("BLOB",), ("blob", "")),
    (("REAL", "FLOA", "DOUB"), ("float8", "REAL")),
)
_HEXADECIMAL = 32  # characters of a UUID as SQLAlchemy writes it


def type_of(declared: str) -> Type:
    """The type that a column is declared with; without one, it holds texts."""
    found = _DECLARED.fullmatch(declared)
    words, length, scale = found.groups(default="") if found is not None else (declared, "", "")
    words = " ".join(words.upper().split())
    if words == "CHAR" and length == str(_HEXADECIMAL):
        return Type(Family.BASE, "TEXT", "hex32", _HEXADECIMAL)
    base, cast = _MEANT.get(words) or next(
        (meant for parts, meant in _BY_WORDS if any(part in words for part in parts)),
        ("numeric", "NUMERIC") if words else ("varchar", ""),
    )
    if not length or base not in ("varchar", "numeric"):
        return Type(Family.BASE, cast, base)
    return Type(Family.BASE, cast, base, int(length), int(scale or 0))

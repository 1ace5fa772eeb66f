"""What values a column's type holds, from the way it is written."""

from __future__ import annotations

import re
from enum import Enum

from limbeck.model.record import NamedTuple
from limbeck.sql.tokens import MYSQL, Kind, tokens


class Family(Enum):
    """The kinds of types whose bounds are known here."""

    TEXT = "text"
    INTEGER = "integer"
    NUMERIC = "numeric"
    FLOAT = "float"
    ENUM = "enum"  # one that lists its labels
    OTHER = "other"


class Shape(NamedTuple):
    """A type.

    Attributes:
        family: its kind.
        name: its name as it is written, without its arguments, in lower case.
        size: characters of a text, bits of an integer, digits of a number; None without a bound.
        scale: digits behind the point.
        unsigned: an integer without negative values.
        labels: of an enum.
    """

    family: Family
    name: str
    size: int | None = None
    scale: int = 0
    unsigned: bool = False
    labels: tuple[str, ...] = ()


_BITS = {
    **dict.fromkeys(("tinyint", "int1"), 8),
    **dict.fromkeys(("smallint", "int2", "smallserial"), 16),
    **dict.fromkeys(("mediumint", "middleint"), 24),
    **dict.fromkeys(("int", "integer", "int4", "serial"), 32),
    **dict.fromkeys(("bigint", "int8", "bigserial"), 64),
}
_TEXT = re.compile(
    r"(national )?(character|char|nchar|bpchar)( varying)?|n?varchar2?|(tiny|medium|long)?text|citext|n?clob|string"
)
_NUMERIC = ("numeric", "decimal", "dec", "fixed", "number")
_FLOAT = ("float", "float4", "float8", "real", "double", "double precision")


def shape(written: str, dialect: str) -> Shape:
    """The type that is written so."""
    parts = tokens(written, dialect)
    words = " ".join(token.value.lower() for token in parts if token.kind in (Kind.WORD, Kind.NAME))
    numbers = [int(token.value) for token in parts if token.kind is Kind.NUMBER and token.value.isdecimal()]
    name = words.removesuffix(" zerofill").removesuffix(" unsigned").removesuffix(" signed")
    size = numbers[0] if numbers else None
    if "[" in written:
        return Shape(Family.OTHER, name)
    if name in _BITS:
        return Shape(Family.INTEGER, name, _BITS[name], unsigned="unsigned" in words)
    if _TEXT.fullmatch(name):
        fixed = name in ("char", "character", "nchar", "national char", "national character")
        return Shape(Family.TEXT, name, 1 if fixed and size is None else size)
    if name in _NUMERIC:
        if size is None and dialect in MYSQL:
            size = 10
        return Shape(Family.NUMERIC, name, size, numbers[1] if len(numbers) > 1 else 0)
    if name in _FLOAT:
        return Shape(Family.FLOAT, name)
    if name == "enum" and dialect in MYSQL:
        return Shape(Family.ENUM, name, labels=tuple(token.value for token in parts if token.kind is Kind.STRING))
    return Shape(Family.OTHER, name)


def bounds(integer: Shape) -> tuple[int, int]:
    """The least and the greatest value of an integer type."""
    bits = integer.size or 64
    if integer.unsigned:
        return 0, 2**bits - 1
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

"""The types of MariaDB and MySQL, as `information_schema` writes them."""

from __future__ import annotations

import re

from limbeck.database.rows.table import Family, Type

_WRITTEN = re.compile(r"(\w+)\s*(?:\((.*)\))?\s*(.*)", re.DOTALL)
_LABEL = re.compile(r"'((?:[^']|'')*)'")
_INTEGERS = {"tinyint": 1, "smallint": 2, "mediumint": 3, "int": 4, "integer": 4, "bigint": 8}
_TEXTS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext")
_BYTES = ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob")
_TINY = 255  # bytes
_FLAG = "tinyint(1)"  # what BOOLEAN is there
_HEXADECIMAL = "char(32)"  # what a UUID is to SQLAlchemy where the server has none
_LETTERS = {"utf8mb4": "varchar", "": "varchar", "utf8mb3": "wide", "utf8": "wide"}
# Others, and what values are cast to for a condition to judge them as the column would.
_OTHERS: dict[str, tuple[str, str]] = {
    "float": ("float4", "DOUBLE"),
    "double": ("float8", "DOUBLE"),
    "date": ("date", "DATE"),
    "datetime": ("timestamp", "DATETIME(6)"),
    "timestamp": ("instant", "DATETIME(6)"),
    "time": ("time", "TIME(6)"),
    "year": ("year", "SIGNED"),
    "json": ("json", ""),
    "uuid": ("uuid", ""),
    "inet4": ("inet4", ""),
    "inet6": ("inet6", ""),
}


def type_of(written: str, letters: str = "", *, is_json: bool = False) -> Type:
    """The type of a column.

    Args:
        written: as `varchar(40)`, `int(10) unsigned`, `enum('a','b')`.
        letters: the character set of texts.
        is_json: whether a condition wants JSON of the texts that it holds, as MariaDB's type has it.
    """
    found = _WRITTEN.fullmatch(written)
    word, inside, rest = found.groups(default="") if found is not None else (written, "", "")
    word = word.lower()
    if word in ("enum", "set"):
        return Type(Family.ENUM, "CHAR", labels=tuple(each.replace("''", "'") for each in _LABEL.findall(inside)))
    if is_json:
        return Type(Family.BASE, "", "json")
    if written.lower() == _HEXADECIMAL:
        return Type(Family.BASE, "CHAR", "hex32")
    if word in _INTEGERS:
        return _integer(written, word, "unsigned" in rest)
    if word in _TEXTS:
        length = int(inside) if inside else _TINY // 4 if word == "tinytext" else None
        return Type(Family.BASE, "CHAR", _LETTERS.get(letters, "latin"), length)
    if word in _BYTES:
        return Type(Family.BASE, "", "blob", int(inside) if inside else _TINY if word == "tinyblob" else None)
    if word in ("decimal", "numeric"):
        whole, _, scale = (inside or "10,0").partition(",")
        return Type(Family.BASE, f"DECIMAL({inside or '10,0'})", "numeric", int(whole), int(scale or 0))
    if word == "bit":
        return Type(Family.BASE, "", "bitfield", int(inside or 1))
    base, cast = _OTHERS.get(word, (word, ""))
    return Type(Family.BASE, cast, base)


def _integer(written: str, word: str, unsigned: bool) -> Type:
    if written.lower() == _FLAG:
        return Type(Family.BASE, "SIGNED", "flag")
    return Type(Family.BASE, "UNSIGNED" if unsigned else "SIGNED", f"{'u' if unsigned else ''}int{_INTEGERS[word]}")

"""Values of the types that consist of nothing else: ordinary ones, and those at the edges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from limbeck.database.rows import texts
from limbeck.database.rows.table import Type


class Choice(NamedTuple):
    """Texts that a type's input takes.

    Attributes:
        ordinary: one that differs for every number, where the type has room to.
        greatest: the longest, latest or largest.
        least: the shortest, earliest or smallest.
        others: further ones, for conditions that refuse these.
    """

    ordinary: str
    greatest: str
    least: str
    others: tuple[str, ...] = ()


TEXTS = ("text", "varchar", "bpchar", "name", "citext", "wide", "latin")
_LETTERS = {"wide": texts.WIDE, "latin": texts.LATIN}  # of texts that do not take every one
Make = Callable[[Type, str, int], Choice]


def choice(type_: Type, column: str, number: int, form: int = 0) -> Choice | None:
    """The values of a base type for the number of a row; None when nothing is known of the type.

    Args:
        form: what texts are like: see `texts.ordinary`.
    """
    if type_.base in TEXTS:
        return _text(type_, column, number, form)
    make = _BASES.get(type_.base) or _OTHERS.get(type_.base)
    return make(type_, column, number) if make is not None else None


def _text(type_: Type, column: str, number: int, form: int) -> Choice:
    length = type_.length
    formed = (make(number) for make in texts.FORMS)
    others = [text for text in (*formed, *_OTHER_TEXTS) if length is None or len(text) <= length]
    return Choice(
        texts.ordinary(column, number, length, form),
        texts.longest(column, number, length, _LETTERS.get(type_.base, texts.FOREIGN)),
        "",
        (texts.short(number, min(length or 8, 8)), *others),
    )


_OTHER_TEXTS = (
    *("a", "A", "abc", "ABC", "abcdefgh", "ABCDEF", "a1", "A1", "0", "1", "12", "123", "1234", "12345", "123456"),
    *("1234567890", "abcdefghij", "abcdef0123456789", "a@b.cd"),
    *("12:00", "de_DE", "EUR", "+4930123456", "#a1b2c3", "a-b", "a_b", "a.b", "a/b", "/a"),
    *("{}", "[]", "true", "UTC", "127.0.0.1", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "x" * 32, "x" * 40, "x" * 64),
)


def _integer(bits: int) -> Make:
    greatest = 2 ** (bits - 1) - 1

    def make(_type: Type, _column: str, number: int) -> Choice:
        ordinary = number + 1 if number < greatest else number % greatest
        return Choice(str(ordinary), str(greatest), str(-greatest - 1), ("0", "1", "2", "10", "100", "2024", "-1"))

    return make


def _natural(bits: int) -> Make:
    greatest = 2**bits - 1

    def make(_type: Type, _column: str, number: int) -> Choice:
        ordinary = number + 1 if number < greatest else number % greatest
        return Choice(str(ordinary), str(greatest), "0", ("1", "2", "10", "100"))

    return make


def _numeric(type_: Type, _column: str, number: int) -> Choice:
    others = ("0", "1", "0.5", "10", "100", "50", "-1", "90", "0.01")
    if type_.length is None:
        return Choice(f"{number + 1}.5", "123456789012345678901234567890.123456789", "-" + "9" * 30 + ".5", others)
    whole, scale = type_.length - type_.scale, type_.scale
    largest = "9" * max(whole, 0) + ("." + "9" * scale if scale > 0 else "")
    if whole <= 0:
        largest = "0." + "0" * -whole + "9" * type_.length
    ordinary = str((number + 1) % 10**whole) if whole > 0 else "0." + "0" * -whole + str(number % 9 + 1)
    return Choice(ordinary + (".5" if whole > 0 and scale > 0 else ""), largest, f"-{largest}", others)


def _float(greatest: str) -> Make:
    def make(_type: Type, _column: str, number: int) -> Choice:
        return Choice(f"{number + 1}.5", greatest, f"-{greatest}", ("0", "1", "0.5", "10", "50", "-1", "90"))

    return make


def _boolean(_type: Type, _column: str, number: int) -> Choice:
    return Choice(("true", "false")[number % 2], "true", "false")


def _day(number: int) -> str:
    return (date(2024, 1, 1) + timedelta(days=number % 300_000)).isoformat()


def _date(_type: Type, _column: str, number: int) -> Choice:
    return Choice(_day(number), "9999-12-31", "0001-01-01", ("2000-01-01", "1970-01-01", "2100-01-01"))


def _moment(zone: str) -> Make:
    def make(_type: Type, _column: str, number: int) -> Choice:
        others = tuple(f"{day} 00:00:00{zone}" for day in ("2000-01-01", "1970-01-01", "2100-01-01"))
        ordinary = f"{_day(number)} 12:34:56.789012{zone}"
        # A day from the ends of what Python's clock knows, so that no time zone pushes them over.
        return Choice(ordinary, f"9999-12-30 23:59:59.999999{zone}", f"0001-01-02 00:00:00{zone}", others)

    return make


def _time(zone: str) -> Make:
    def make(_type: Type, _column: str, number: int) -> Choice:
        hour, minute = number // 60 % 24, number % 60
        return Choice(f"{hour:02}:{minute:02}:56{zone}", f"23:59:59.999999{zone}", f"00:00:00{zone}", (f"12:00{zone}",))

    return make


def _json(_type: Type, _column: str, number: int) -> Choice:
    deep = f'{{"n": {number}, "text": "Ünïcodé 🙂", "list": [1, null, {{"a": []}}], "number": 1.5e3, "yes": true}}'
    return Choice(f'{{"n": {number}}}', deep, "{}", ("[]", "[1]", '["a"]', '"a"', "1", "true", "null", '{"a": {}}'))


def _bytes(_type: Type, _column: str, number: int) -> Choice:
    full = "".join(f"{byte:02x}" for byte in range(256))
    lengths = tuple("\\x" + texts.hexadecimal(number, 2 * length) for length in (1, 12, 16, 20, 32))
    return Choice(f"\\x00ff{number:08x}", f"\\x{number:08x}{full}", "\\x", lengths)


def _blob(type_: Type, _column: str, number: int) -> Choice:
    """Hexadecimal digits."""
    full = "".join(f"{byte:02x}" for byte in range(256))
    room = 2 * (type_.length if type_.length is not None else 260)
    lengths = tuple(texts.hexadecimal(number, 2 * length)[:room] for length in (1, 12, 16, 20, 32))
    return Choice(f"00ff{number:08x}"[:room], f"{number:08x}{full}"[:room], "", lengths)


def _hex32(_type: Type, _column: str, number: int) -> Choice:
    return Choice(texts.uuid(number).replace("-", ""), "f" * 32, "0" * 32)


def _bits(type_: Type, _column: str, number: int) -> Choice:
    length = type_.length or 1
    ordinary = bin(number % 2**length)[2:].rjust(length, "0")
    return Choice(ordinary, "1" * length, "0" * length)


def _some(*values: str) -> Make:
    """Few values, in turns."""

    def make(_type: Type, _column: str, number: int) -> Choice:
        return Choice(values[number % len(values)], values[-1], values[0], values)

    return make


def _numbered(pattern: str, least: str, greatest: str, *others: str) -> Make:
    """Where `n` in the pattern is a number from 1 to 254, and `x` two of its hexadecimal digits."""

    def make(_type: Type, _column: str, number: int) -> Choice:
        ordinary = pattern.replace("n", str(number % 254 + 1)).replace("x", f"{number % 256:02x}")
        return Choice(ordinary, greatest, least, others)

    return make


def _vector(type_: Type, _column: str, number: int) -> Choice:
    def of(value: str) -> str:
        return "[" + ",".join([value] * (type_.length or 3)) + "]"

    return Choice(of(f"{number}.5"), of("1000"), of("-1000"))


# Those of other databases than PostgreSQL have names that are none of its types.
_OTHERS: dict[str, Make] = {
    "flag": _some("0", "1"),
    "int1": _integer(8),
    "int3": _integer(24),
    **{f"uint{size}": _natural(8 * size) for size in (1, 2, 3, 4, 8)},
    "year": _numbered("2024", "1901", "2155", "1970", "2000"),
    "instant": _numbered("2024-01-01 12:34:56.n", "1971-01-01 00:00:00", "2037-12-31 00:00:00", "2000-01-01 00:00:00"),
    "blob": _blob,
    "hex32": _hex32,
    "bitfield": _bits,
    "inet4": _numbered("192.0.2.n", "0.0.0.0", "255.255.255.255"),  # noqa: S104 - nobody listens there
    "inet6": _numbered("2001:db8::n", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
}
_UUIDS = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
_BASES: dict[str, Make] = {
    "char": _some("a", "b"),
    "bool": _boolean,
    "int2": _integer(16),
    "int4": _integer(32),
    "int8": _integer(64),
    "numeric": _numeric,
    "float4": _float("3.4e38"),
    "float8": _float("1.7e308"),
    "money": _numbered("n.50", "-92233720368547758.08", "92233720368547758.07", "0", "1"),
    "date": _date,
    "timestamp": _moment(""),
    "timestamptz": _moment("+00"),
    "time": _time(""),
    "timetz": _time("+00"),
    "interval": _numbered("n days", "-100 years", "100 years 11 months 30 days 23:59:59.999999", "0", "1 hour"),
    "json": _json,
    "jsonb": _json,
    "xml": _numbered("<a>n</a>", "<a/>", "<a b='Ü'>🙂</a>"),
    "bytea": _bytes,
    "bit": _bits,
    "varbit": _bits,
    "uuid": lambda _type, _column, number: Choice(texts.uuid(number), _UUIDS[1], _UUIDS[0]),
    "inet": _numbered("192.0.2.n", "::", "255.255.255.255", "2001:db8::1/64", "10.0.0.0/8"),
    "cidr": _numbered("192.n.2.0/24", "::/0", "255.255.255.255/32", "2001:db8::/32"),
    "macaddr": _numbered("08:00:2b:01:02:x", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"),
    "macaddr8": _numbered("08:00:2b:01:02:03:04:x", "00:00:00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff:ff:ff"),
    "point": _numbered("(n,1)", "(0,0)", "(1e300,-1e300)"),
    "line": _numbered("{1,-1,n}", "{1,0,0}", "{0,1,1e300}"),
    "lseg": _numbered("[(0,0),(n,1)]", "[(0,0),(0,0)]", "[(-1e9,0),(1e9,0)]"),
    "box": _numbered("(n,1),(0,0)", "(0,0),(0,0)", "(1e9,1e9),(-1e9,-1e9)"),
    "path": _numbered("[(0,0),(n,1)]", "[(0,0)]", "((0,0),(1,0),(1e9,1))"),
    "polygon": _numbered("((0,0),(n,1),(1,0))", "((0,0))", "((0,0),(1e9,0),(1e9,1e9))"),
    "circle": _numbered("<(0,0),n>", "<(0,0),0>", "<(1e9,1e9),1e9>"),
    "tsvector": _numbered("a:1 wordn:2", "", "Ünïcodé:1A 🙂:2"),
    "tsquery": _numbered("wordn & a", "", "a & !(b | c)"),
    "oid": _numbered("n", "0", "4294967295"),
    "xid": _numbered("n", "0", "4294967295"),
    "xid8": _numbered("n", "0", "18446744073709551615"),
    "pg_lsn": _numbered("0/n", "0/0", "FFFFFFFF/FFFFFFFF"),
    "tid": _numbered("(0,n)", "(0,0)", "(4294967295,65535)"),
    "regclass": _some("pg_class", "pg_type"),
    "regtype": _some("integer", "text"),
    "regproc": _some("now", "version"),
    "jsonpath": _numbered("$.an", "$", "$.a[*] ? (@.b > 1)"),
    "hstore": _numbered('a=>"n"', "", 'a=>NULL, "Ü"=>"🙂"'),
    "ltree": _numbered("a.bn", "", "Top.Science.Astronomy"),
    "lquery": _numbered("a.*.bn", "*", "Top.*"),
    "cube": _numbered("(n,1)", "(0)", "(1,2,3),(4,5,6)"),
    "isbn": _some("0-306-40615-2", "978-3-16-148410-0"),
    "vector": _vector,
    "halfvec": _vector,
    "geometry": _numbered("POINT(n 1)", "POINT EMPTY", "LINESTRING(0 0, 1 1)", "POLYGON((0 0, 1 0, 1 1, 0 0))"),
    "geography": _numbered("POINT(n 1)", "POINT(0 0)", "LINESTRING(0 0, 1 1)"),
}

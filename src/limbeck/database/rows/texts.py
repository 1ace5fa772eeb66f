"""Texts that look like what the name of their column says, as short or as long as the column takes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from uuid import UUID

UNLIMITED = 600  # characters of the longest text where the column sets no limit; what an index still takes
# One, two, three and four bytes in UTF-8; with a combining mark, a right-to-left letter and an apostrophe.
FOREIGN = "Ünïcodé-Жук-數據-עב-o'e\u0301-🙂 "
WIDE = "".join(letter for letter in FOREIGN if ord(letter) < 0x10000)  # for those who know no four bytes
LATIN = "Ünïcodé-"
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


def hexadecimal(number: int, digits: int) -> str:
    """Digits that differ for every number and are the same on every day."""
    return hashlib.sha256(str(number).encode()).hexdigest()[:digits]


def uuid(number: int) -> str:
    """A UUID of version 4 for every number."""
    return str(UUID(bytes=hashlib.sha256(f"uuid {number}".encode()).digest()[:16], version=4))


# What a column with such a word in its name holds; the first that fits counts.
_BY_NAME: tuple[tuple[str, Callable[[int], str]], ...] = (
    (r"e?mail", lambda n: f"user{n}@example.org"),
    (r"url|uri|link|href|website|webhook|image|avatar", lambda n: f"https://example.org/{n}"),
    (r"phone|mobile|tel|fax", lambda n: f"+4930{1234000 + n}"),
    (r"uuid|guid", uuid),
    (r"ip|ip4|ip6|ipaddress", lambda n: f"192.0.2.{n % 254 + 1}"),
    (r"json|jsonb", lambda n: f'{{"n": {n}}}'),
    (r"hash|digest|sha|sha1|sha256|md5|checksum|token|fingerprint|hex", lambda n: hexadecimal(n, 32)),
    (r"slug", lambda n: f"slug-{n}"),
    (r"version|semver|release", lambda n: f"1.{n}.0"),
    (r"locale|language|lang", lambda n: ("en", "de", "fr", "ja")[n % 4]),
    (r"currency", lambda n: ("EUR", "USD", "JPY", "CHF")[n % 4]),
    (r"country", lambda n: ("DE", "US", "JP", "CH")[n % 4]),
    (r"timezone|tz", lambda n: ("UTC", "Europe/Berlin", "Asia/Tokyo")[n % 3]),
    (r"colou?r", lambda n: "#" + hexadecimal(n, 6)),
    (r"date|day", lambda n: f"2024-01-{n % 28 + 1:02}"),
    (r"amount|price|count|quantity|qty|total|age|year|zip|number|num", str),
)
# What texts may have to be for triggers and functions that take them apart; tried one after the other.
FORMS: tuple[Callable[[int], str], ...] = (
    lambda n: f"1.{n}.0",
    lambda n: f"a{n}",
    str,
    lambda n: f"user{n}@example.org",
    lambda n: f"https://example.org/{n}",
    uuid,
    lambda n: f"2024-01-{n % 28 + 1:02}",
    lambda n: f'{{"n": {n}}}',
    lambda n: f"/a/{n}",
    lambda n: ("DE", "US", "JP", "CH")[n % 4],
)
_PATTERNS = tuple((re.compile(rf"(?:^|_)(?:{words})(?:_|$|s$|s_)"), make) for words, make in _BY_NAME)


def ordinary(column: str, number: int, length: int | None, form: int = 0) -> str:
    """A text that differs for every number, where it has room to; by the name of its column, or of a certain form.

    Args:
        form: which of FORMS, from 1 on.
    """
    if form:
        text = FORMS[(form - 1) % len(FORMS)](number)
        if length is None or len(text) <= length:
            return text
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).lower()
    for pattern, make in _PATTERNS:
        if pattern.search(words):
            text = make(number)
            if length is None or len(text) <= length:
                return text
    text = f"{words.replace('_', ' ').strip() or 'text'} {number}"
    return text if length is None or len(text) <= length else short(number, length)


def short(number: int, length: int) -> str:
    """At most so many letters and digits, another combination for every number as long as there are any."""
    text = ""
    while True:
        number, digit = divmod(number, len(_ALPHABET))
        text = _ALPHABET[digit] + text
        if number == 0 or len(text) >= length:
            return text[-length:] if length else ""


def longest(column: str, number: int, length: int | None, letters: str = FOREIGN) -> str:
    """A text of full length, with letters of many scripts; what looks like an address of mail still does."""
    room = UNLIMITED if length is None else length
    text = ordinary(column, number, length)
    front, at, domain = text.partition("@")
    filler = "x" if at or "://" in text else letters
    if len(text) >= room:
        return text
    missing = room - len(text)
    filled = f"{front} "[: len(front) + 1 if not at and "://" not in text else len(front)]
    filled += (filler * (missing // len(filler) + 1))[: room - len(filled) - len(at + domain)]
    return (filled + at + domain)[:room]

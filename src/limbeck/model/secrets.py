"""Passwords, kept out of everything that is printed."""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_IN_ADDRESS = re.compile(r"(\w[\w+.-]*://[^\s:/@]*):[^\s/@][^\s@]*@")


@lru_cache
def spellings(secret: str) -> frozenset[str]:
    """The ways in which a password is written: plain, in an address, in an ini file, in quotes of Python, JSON, SQL."""
    from json import dumps
    from urllib.parse import quote, quote_plus, unquote

    plain = {secret, unquote(secret)}
    # SQLAlchemy leaves a space and a plus sign as they are.
    safe_ones = ("", "/", " +")
    in_addresses = {write(word, safe=safe) for word in plain for write in (quote, quote_plus) for safe in safe_ones}
    in_quotes = {form for word in plain for form in (repr(word)[1:-1], dumps(word)[1:-1], word.replace("'", "''"))}
    return frozenset(form for word in plain | in_addresses | in_quotes for form in (word, word.replace("%", "%%")))


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret, and every password inside an address, replaced by `***`.

    A secret is replaced where it stands by itself: masked within words, a short one would be told by what is missing.
    """
    forms = {form for secret in secrets if secret for form in spellings(secret)}
    # Most texts hold nothing of the kind, and every statement of a run is looked at.
    for form in sorted((form for form in forms if form in text), key=len, reverse=True):
        before = r"(?<!\w)" if form[0].isalnum() else ""
        after = r"(?!\w)" if form[-1].isalnum() else ""
        text = re.sub(before + re.escape(form) + after, "***", text)
    return _IN_ADDRESS.sub(r"\1:***@", text) if "://" in text else text


def secrets_of(address: str) -> list[str]:
    """The password in an address of the form scheme://user:password@host/name, as it is written there.

    One with an `@` that should have been written %40 is taken apart by some, so that its parts are secrets too.
    """
    user, at, _ = address.partition("://")[2].rpartition("@")
    password = user.partition(":")[2] if at else ""
    return [part for part in (password, *password.split("@")) if part]

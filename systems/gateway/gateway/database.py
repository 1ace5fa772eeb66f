"""Where the gateway's database is: the address in DATABASE_URL, for migrations and scripts alike."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

VARIABLE = "DATABASE_URL"
DRIVERS = ("psycopg", "psycopg2")


class DatabaseAddressError(Exception):
    """The address is missing or of no use; the message says what to do, and never quotes the address."""


def database_url(environment: Mapping[str, str]) -> URL:
    """The address in DATABASE_URL, with an installed driver; raises DatabaseAddressError.

    `postgres://` and `postgresql://` name no driver, so one that is installed is taken. The result is
    a URL and not a string, because a password may hold characters that mean something to a parser.
    """
    address = environment.get(VARIABLE, "")
    if not address:
        raise DatabaseAddressError(
            f"no database address: set {VARIABLE}, for example postgresql://user:password@localhost:5432/gateway"
        )
    url = _parse(address)
    dialect, _, driver = url.drivername.partition("+")
    if dialect not in ("postgresql", "postgres"):
        raise DatabaseAddressError(f"the gateway's tables are made for PostgreSQL, and {VARIABLE} names: {dialect}")
    return url.set(drivername=f"postgresql+{driver or _installed_driver()}")


def _parse(address: str) -> URL:
    # Whatever the parser says may repeat a part of the password: its message is not passed on.
    unreadable = f"{VARIABLE} cannot be read: inside the password, @ is written %40, / is %2F and % is %25"
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise DatabaseAddressError(unreadable) from None
    if "@" in (url.host or ""):
        # An @ inside the password ends it too early, and the rest of it would be shown as the host.
        raise DatabaseAddressError(unreadable)
    return url


def _installed_driver() -> str:
    for driver in DRIVERS:
        if find_spec(driver) is not None:
            return driver
    raise DatabaseAddressError("no driver for PostgreSQL is installed: pip install 'psycopg[binary]'")

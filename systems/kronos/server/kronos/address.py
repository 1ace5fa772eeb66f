"""The address of the database: DATABASE_URL as an SQLAlchemy URL.

The address is a URL object from here on and never a string again: it is not written into Alembic's configuration,
where a percent sign has a meaning, and not into any message, where the password would show.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from kronos.errors import ConfigurationError

VARIABLE = "DATABASE_URL"
DRIVERS = ("psycopg", "psycopg2")
FORM = f"export {VARIABLE}=postgresql://user:password@host:5432/database"


def read_address(environ: Mapping[str, str]) -> URL | None:
    """The address in DATABASE_URL with an installed driver; None when the variable is not set.

    A variable that is set but of no use is a ConfigurationError, never a reason to use another database.
    """
    if VARIABLE not in environ:
        return None
    return _with_driver(_parse(environ[VARIABLE].strip()))


def describe(url: URL) -> str:
    """The database and its host, for messages: no user, no password, no option."""
    host = url.host or url.query.get("host", "")
    place = host if isinstance(host, str) else ",".join(host)
    if place and url.port:
        place = f"{place}:{url.port}"
    return " at ".join(filter(None, (f"database '{url.database}'" if url.database else "the default database", place)))


def _parse(text: str) -> URL:
    if not text:
        raise ConfigurationError(f"{VARIABLE} is set but empty", hint=FORM)
    # An '@' in the password that is not encoded makes the rest of the password a host, and hosts are printed.
    if text.count("@") > 1:
        raise ConfigurationError(f"{VARIABLE} has more than one '@'", hint="write %40 for an '@' in the password")
    if "%00" in text:
        raise ConfigurationError(f"{VARIABLE} has a NUL character (%00), which PostgreSQL cannot take", hint=FORM)
    try:
        text.encode()
        return make_url(text)
    except (ArgumentError, ValueError):
        # No cause is chained: a ValueError quotes the bytes that are not UTF-8, or what stands where a port should,
        # and either may be a part of the password.
        raise ConfigurationError(f"{VARIABLE} is not an address", hint=FORM) from None


def _with_driver(url: URL) -> URL:
    backend, _, driver = url.drivername.partition("+")
    if backend not in ("postgresql", "postgres"):
        raise ConfigurationError(f"{VARIABLE} names a database that is not PostgreSQL: '{backend}'", hint=FORM)
    if driver and driver not in DRIVERS:
        raise ConfigurationError(
            f"{VARIABLE} names a driver this server does not use: '{driver}'", hint="write postgresql:// alone"
        )
    for candidate in (driver,) if driver else DRIVERS:
        if _importable(candidate):
            return url.set(drivername=f"postgresql+{candidate}")
    raise ConfigurationError(
        f"no PostgreSQL driver is installed: {driver or ' or '.join(DRIVERS)}", hint="pip install -r requirements.txt"
    )


def _importable(module: str) -> bool:
    """Whether the import works: psycopg can be installed and still miss the C library it needs."""
    try:
        import_module(module)
    except ImportError:
        return False
    return True

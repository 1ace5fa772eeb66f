"""Where a database is, in words that carry no password, and the driver with which it is reached."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

# In the order of preference: psycopg serves sync and async engines alike.
DRIVERS = {
    "postgresql": (("psycopg", "psycopg"), ("psycopg2", "psycopg2"), ("asyncpg", "asyncpg"), ("pg8000", "pg8000")),
    "mysql": (("mysqldb", "MySQLdb"), ("pymysql", "pymysql"), ("asyncmy", "asyncmy"), ("aiomysql", "aiomysql")),
    "mariadb": (("mysqldb", "MySQLdb"), ("pymysql", "pymysql"), ("asyncmy", "asyncmy")),
}
_SECRET_OPTIONS = ("password", "passwd", "sslpassword")


def target_url(address: str, *, like: str | None = None) -> URL:
    """The address as an SQLAlchemy URL whose driver is installed.

    Args:
        address: what the user gave; `postgres://` is taken for `postgresql://`.
        like: the project's own address, whose driver is kept when the kind of database is the same.

    Raises:
        UsageError: it is no address, or no driver for it is installed.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
        if url.drivername == "postgres":
            url = url.set(drivername="postgresql")
        if "+" in url.drivername:
            return url
        if like is not None:
            own = make_url(like)
            if "+" in own.drivername and own.drivername.split("+")[0] == url.drivername:
                return url.set(drivername=own.drivername)
    except ArgumentError:
        raise UsageError(
            "the database address is not of the form dialect://user:password@host/name",
            hint="give an SQLAlchemy URL, for example --url postgresql://user@localhost/app",
        ) from None
    for driver, module in DRIVERS.get(url.drivername, ()):
        if importlib.util.find_spec(module) is not None:
            return url.set(drivername=f"{url.drivername}+{driver}")
    if url.drivername in DRIVERS:
        extra = "postgres" if url.drivername == "postgresql" else "mysql"
        raise UsageError(f"no driver for {url.drivername} is installed", hint=f"pip install 'limbeck[{extra}]'")
    return url


def readable(url: URL) -> str:
    """The URL without its password, wherever in it the password stands."""
    query = {name: "***" if name.lower() in _SECRET_OPTIONS else value for name, value in url.query.items()}
    return _rendered(url.set(query=query), hide_password=True)


def written(url: URL) -> str:
    """The URL with its password, as the configuration and the environment of `env.py` hold it."""
    return _rendered(url, hide_password=False)


def as_variable(url: URL) -> str:
    """The same for the environment of the application, whose settings may want a host in every address.

    Where the query names one, libpq and SQLAlchemy take that."""
    needs_host = not url.host and "host" in url.query
    return written(url.set(host="localhost") if needs_host else url)


def _rendered(url: URL, *, hide_password: bool) -> str:
    """Slashes need no escape in a query.  The folder of a socket is read more easily without, and an `env.py` that sets
    an option of the ini file to what it finds in DATABASE_URL stumbles over a percent sign."""
    before, mark, query = url.render_as_string(hide_password=hide_password).partition("?")
    return before + mark + query.replace("%2F", "/")


def passwords(url: URL) -> tuple[str, ...]:
    """Every password in the URL, to be masked wherever it shows up."""
    found = [str(value) for name, value in url.query.items() if name.lower() in _SECRET_OPTIONS]
    if url.password:
        found.append(str(url.password))
    return tuple(found)

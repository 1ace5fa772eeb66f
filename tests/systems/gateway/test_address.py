"""DATABASE_URL: any way of writing it that its users know, any character in the password, and nothing shown."""

from __future__ import annotations

import string
from importlib.machinery import ModuleSpec
from urllib.parse import quote

import pytest

from . import harness  # noqa: F401 - first of all, because it puts the package `gateway` on the path

# isort: split
from gateway import database
from gateway.database import DatabaseAddressError, database_url


def installed(*drivers: str) -> object:
    """A `find_spec` for a machine that has these drivers."""
    return lambda name: ModuleSpec(name, None) if name in drivers else None


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
@pytest.mark.parametrize(
    ("drivers", "expected"),
    [(("psycopg", "psycopg2"), "psycopg"), (("psycopg",), "psycopg"), (("psycopg2",), "psycopg2")],
)
def test_a_driver_that_is_installed(
    monkeypatch: pytest.MonkeyPatch, scheme: str, drivers: tuple[str, ...], expected: str
) -> None:
    monkeypatch.setattr(database, "find_spec", installed(*drivers))
    url = database_url({"DATABASE_URL": f"{scheme}://user:postgres://@host:5433/name?sslmode=require"})
    assert url.drivername == f"postgresql+{expected}"
    assert (url.username, url.password, url.host, url.port) == ("user", "postgres://", "host", 5433)
    assert (url.database, url.query) == ("name", {"sslmode": "require"})


def test_a_driver_that_is_named_is_left() -> None:
    for scheme in ("postgresql", "postgres"):
        assert database_url({"DATABASE_URL": f"{scheme}+psycopg2:///name"}).drivername == "postgresql+psycopg2"


def test_no_driver_is_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "find_spec", installed())
    with pytest.raises(DatabaseAddressError, match=r"pip install 'psycopg\[binary\]'"):
        database_url({"DATABASE_URL": "postgresql:///name"})


@pytest.mark.parametrize("character", [*string.punctuation, " ", "é", "密", "\t"])
def test_any_character_in_the_password(character: str) -> None:
    password = f"a{character}b{character}"
    url = database_url({"DATABASE_URL": f"postgresql://user:{quote(password, safe='')}@host/name"})
    assert (url.username, url.password, url.host, url.database) == ("user", password, "host", "name")


@pytest.mark.parametrize("environment", [{}, {"DATABASE_URL": ""}])
def test_no_address(environment: dict[str, str]) -> None:
    with pytest.raises(DatabaseAddressError, match=r"^no database address: set DATABASE_URL, for example"):
        database_url(environment)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://user:hid@den@host/name",
        "postgresql://user:x@y:hidden@host/name",
        "hidden",
        "postgresql://u@h:hidden/n",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(address: str) -> None:
    with pytest.raises(DatabaseAddressError) as error:
        database_url({"DATABASE_URL": address})
    assert str(error.value).startswith("DATABASE_URL cannot be read")
    assert "hid" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None


def test_another_database_is_refused() -> None:
    with pytest.raises(DatabaseAddressError, match=r"made for PostgreSQL, and DATABASE_URL names: mysql$"):
        database_url({"DATABASE_URL": "mysql+pymysql://user:hidden@host/name"})

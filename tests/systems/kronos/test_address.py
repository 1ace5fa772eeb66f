"""DATABASE_URL: what it may hold, what is refused, and that no password ever shows."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql
from sqlalchemy.engine import make_url

from kronos.address import describe, read_address
from kronos.errors import ConfigurationError
from limbeck.scratch import Server, start_server

Command = Callable[..., Any]

SECRET = "hunter2"
WRONG = f"{SECRET}%/"
PASSWORDS = [
    "p%40ss",
    "%(here)s",
    "100%",
    "a:b@c/d?e#f&g=h+i",
    " blanks and\ttabs\n",
    "'\"\\`$;{}[]<>|^~!*()",
    "пароль-密碼-🔑",
]


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server that asks the role `kronos`, who owns the database `chat`, for its password."""
    with start_server() as server:
        with psycopg.connect(server.url(), autocommit=True) as admin:
            admin.execute("CREATE ROLE kronos LOGIN")
            admin.execute("CREATE DATABASE chat OWNER kronos")
            (rules,) = admin.execute("SHOW hba_file").fetchone() or ()
            lines = "VALUES ('local all postgres trust'), ('local all all scram-sha-256')"
            admin.execute(sql.SQL("COPY ({}) TO {}").format(sql.SQL(lines), sql.Literal(rules)))
            admin.execute("SELECT pg_reload_conf()")
        yield server


@pytest.fixture
def guard(guarded: Server) -> Callable[[str], str]:
    """Set the password of `kronos`; the result is the address of `chat` with a place for a password, `{}`."""

    def guard(password: str) -> str:
        with psycopg.connect(guarded.url(), autocommit=True) as admin:
            admin.execute(sql.SQL("ALTER ROLE kronos PASSWORD {}").format(sql.Literal(password)))
        return f"postgresql://kronos:{{}}@/chat?host={guarded.folder}"

    return guard


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_scheme_becomes_the_installed_driver(scheme: str) -> None:
    url = read_address({"DATABASE_URL": f" {scheme}://ada:{SECRET}@db.example.org:5433/chat?sslmode=require\n"})
    assert url is not None
    assert url == make_url(f"postgresql+psycopg://ada:{SECRET}@db.example.org:5433/chat?sslmode=require")


def test_psycopg2_is_used_where_psycopg_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setitem(sys.modules, "psycopg2", ModuleType("psycopg2"))
    url = read_address({"DATABASE_URL": "postgres://localhost/chat"})
    assert url is not None
    assert url.drivername == "postgresql+psycopg2"


@pytest.mark.parametrize(
    ("scheme", "missing"), [("postgresql", "psycopg or psycopg2"), ("postgresql+psycopg2", "psycopg2")]
)
def test_no_driver_is_said_so(monkeypatch: pytest.MonkeyPatch, scheme: str, missing: str) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with pytest.raises(ConfigurationError, match=f"^no PostgreSQL driver is installed: {missing}$"):
        read_address({"DATABASE_URL": f"{scheme}://localhost/chat"})


def test_no_variable_is_no_address() -> None:
    assert read_address({}) is None


@pytest.mark.parametrize(
    ("address", "fact"),
    [
        ("", "is set but empty"),
        (" \n", "is set but empty"),
        (SECRET, "is not an address"),
        (f"postgresql://ada:{SECRET}", "is not an address"),
        (f"postgresql://localhost:{SECRET}/chat", "is not an address"),
        (f"postgresql://ada:x@{SECRET}@localhost/chat", "has more than one '@'"),
        (f"postgresql://ada:x@y/{SECRET}@localhost/chat", "has more than one '@'"),
        (f"postgresql://ada:{SECRET}\udce4@localhost/chat", "is not an address"),
        (f"postgresql://ada:{SECRET}%00@localhost/chat", "has a NUL character"),
        (f"mysql://ada:{SECRET}@localhost/chat", "names a database that is not PostgreSQL: 'mysql'"),
        (f"sqlite:///{SECRET}", "names a database that is not PostgreSQL: 'sqlite'"),
        (f"postgresql+asyncpg://ada:{SECRET}@localhost/chat", "names a driver this server does not use: 'asyncpg'"),
    ],
)
def test_a_useless_address_is_refused_without_a_word_of_it(address: str, fact: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^DATABASE_URL {fact}") as refused:
        read_address({"DATABASE_URL": address})
    assert refused.value.hint
    assert SECRET not in "".join(traceback.format_exception_only(refused.value)) + refused.value.hint
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8")))
def test_any_character_may_be_in_the_password(password: str) -> None:
    url = read_address({"DATABASE_URL": f"postgresql://ada:{quote(password, safe='')}@localhost/chat"})
    assert url is not None
    assert (url.password, url.host, url.database) == (password, "localhost", "chat")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"postgresql://ada:{SECRET}@localhost/chat", "database 'chat' at localhost"),
        (f"postgresql://ada:{SECRET}@localhost:5433/chat", "database 'chat' at localhost:5433"),
        (f"postgresql:///chat?host=/run/sockets&password={SECRET}", "database 'chat' at /run/sockets"),
        (f"postgresql:///chat?host=one&host=two&password={SECRET}", "database 'chat' at one,two"),
        (f"postgresql://ada:{SECRET}@", "the default database"),
    ],
)
def test_an_address_is_described_by_its_database_and_host(address: str, words: str) -> None:
    assert describe(make_url(address)) == words


@pytest.mark.parametrize("password", PASSWORDS)
def test_the_scripts_connect_with_an_odd_password(
    call: Command, guard: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", guard(password).format(quote(password, safe="")))
    for command in (("init_db",), ("run_migrations", "--upgrade"), ("run_migrations", "--downgrade", "--yes")):
        outcome = call(*command)
        assert (outcome.code, outcome.err) == (0, "")
        assert password not in outcome.out


def test_a_role_without_the_right_to_look_is_told_so(
    call: Command, guarded: Server, guard: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(guard(SECRET).format(SECRET)).set(database="closed")
    guarded.create_database("closed")
    monkeypatch.setenv("DATABASE_URL", guarded.url("closed"))
    assert call("init_db").code == 0
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    outcome = call("run_migrations", "--downgrade", "--yes")
    assert outcome.code == 5
    assert outcome.err == "error: the database refused: permission denied for table alembic_version\n"


def test_plain_alembic_connects_with_an_odd_password(run: Command, guard: Callable[[str], str]) -> None:
    password = "".join(PASSWORDS)
    url = guard(password).format(quote(password, safe=""))
    done = run("-m", "alembic", "upgrade", "head", url=url)
    assert done.code == 0, done.err
    assert "Context impl PostgresqlImpl" in done.err


@pytest.mark.parametrize(
    "script", [("init_db",), ("run_migrations", "--upgrade"), ("run_migrations", "--downgrade", "--yes")]
)
def test_a_wrong_password_is_refused_and_not_shown(
    call: Command, guard: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, script: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DATABASE_URL", guard("right").format(quote(WRONG, safe="")))
    outcome = call(*script)
    assert (outcome.code, outcome.out) == (4, "")
    (line,) = outcome.err.splitlines()
    assert line.endswith('password authentication failed for user "kronos"')
    assert SECRET not in line


def test_plain_alembic_does_not_show_a_wrong_password(run: Command, guard: Callable[[str], str]) -> None:
    outcome = run("-m", "alembic", "upgrade", "head", url=guard("right").format(quote(WRONG, safe="")))
    assert outcome.code == 255
    assert outcome.out.endswith('password authentication failed for user "kronos"\n')
    assert "Traceback" not in outcome.err
    assert SECRET not in outcome.out + outcome.err


@pytest.mark.parametrize("script", [("init_db",), ("run_migrations", "--upgrade"), ("run_migrations", "--downgrade")])
def test_a_server_that_does_not_answer_is_a_failure_and_never_another_database(
    call: Command, monkeypatch: pytest.MonkeyPatch, script: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://ada:{SECRET}@/chat?host=/nowhere/at/all")
    outcome = call(*script)
    assert (outcome.code, outcome.out) == (4, "")
    (line,) = outcome.err.splitlines()
    assert line.startswith("error: cannot connect to database 'chat' at /nowhere/at/all: ")
    assert "No such file or directory" in line
    assert SECRET not in line

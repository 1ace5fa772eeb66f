from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import create_engine, text

from limbeck.model.errors import TargetUnavailable, UsageError
from limbeck.scratch import Server, start_server

ODD_NAMES = (
    "plain",
    "With Capitals",
    'quo"te',
    "per%cent",
    "single'quote",
    "back\\slash",
    "ümläut",
    "a/b?c&d=e#f@g:h",
    "x" * 63,
)


@pytest.fixture
def clean(postgres_server: Server) -> Iterator[Server]:
    """The server of the session, with the databases that it had once the test is over."""
    before = set(postgres_server.databases())
    yield postgres_server
    for name in set(postgres_server.databases()) - before:
        postgres_server.drop_database(name)


def one_value(url: str, statement: str) -> object:
    with psycopg.connect(url) as session:
        row = session.execute(statement).fetchone()  # type: ignore[call-overload]
        assert row is not None
        return row[0]


def test_address(postgres_server: Server) -> None:
    assert postgres_server.url() == f"postgresql://postgres@/postgres?host={postgres_server.folder}"
    assert (
        postgres_server.url("app", driver="psycopg")
        == f"postgresql+psycopg://postgres@/app?host={postgres_server.folder}"
    )
    assert "%" not in postgres_server.url("app")  # which an ini file would take for an interpolation


def test_it_is_the_server_that_it_says(postgres_server: Server) -> None:
    said = str(one_value(postgres_server.url(), "SHOW server_version_num"))
    major, minor = postgres_server.version
    assert said == f"{major}{minor:04d}"
    assert one_value(postgres_server.url(), "SELECT pg_postmaster_start_time() <= now()") is True


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names(clean: Server, name: str) -> None:
    clean.create_database(name)
    assert name in clean.databases()
    assert one_value(clean.url(name), "SELECT current_database()") == name
    clean.drop_database(name)
    assert name not in clean.databases()


@pytest.mark.parametrize("name", ["plain", "With Capitals", "ümläut"])
def test_sqlalchemy_takes_the_address(clean: Server, name: str) -> None:
    clean.create_database(name)
    engine = create_engine(clean.url(name, driver="psycopg"))
    with engine.connect() as session:
        assert session.execute(text("SELECT current_database()")).scalar_one() == name
    engine.dispose()


@pytest.mark.parametrize("name", ["", "x" * 64, "ü" * 32, "nul\0"])
def test_names_that_are_none(postgres_server: Server, name: str) -> None:
    with pytest.raises(UsageError, match="not a name for a database"):
        postgres_server.create_database(name)


def test_a_database_copies_its_template(clean: Server) -> None:
    clean.create_database("original")
    with psycopg.connect(clean.url("original")) as session:
        session.execute("CREATE TABLE ore AS SELECT 7 AS weight")
    clean.create_database("copy", template="original")
    assert one_value(clean.url("copy"), "SELECT weight FROM ore") == 7


def test_a_template_in_use_is_busy(clean: Server) -> None:
    clean.create_database("original")
    with (
        psycopg.connect(clean.url("original")),
        pytest.raises(TargetUnavailable, match="somebody is connected to the database 'original'"),
    ):
        clean.create_database("copy", template="original")


def test_a_missing_template(clean: Server) -> None:
    with pytest.raises(UsageError, match="there is no database 'missing' to copy"):
        clean.create_database("copy", template="missing")


def test_a_taken_name(clean: Server) -> None:
    clean.create_database("taken")
    with pytest.raises(UsageError, match="there is a database 'taken' already"):
        clean.create_database("taken")


def test_ensure_leaves_a_database_as_it_is(clean: Server) -> None:
    clean.ensure_database("app")
    with psycopg.connect(clean.url("app")) as session:
        session.execute("CREATE TABLE ore ()")
    clean.ensure_database("app")
    assert one_value(clean.url("app"), "SELECT count(*) FROM ore") == 0


def test_drop_throws_out_who_is_connected_and_may_be_repeated(clean: Server) -> None:
    clean.create_database("app")
    with psycopg.connect(clean.url("app")) as session:
        clean.drop_database("app")
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
    clean.drop_database("app")


def test_libpq_s_environment_does_not_lead_astray(clean: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGPORT": "6543", "PGHOST": "db.example", "PGUSER": "me", "PGDATABASE": "mine"}.items():
        monkeypatch.setenv(name, value)
    clean.create_database("app")
    assert one_value(clean.url("app"), "SELECT current_user") == "postgres"
    engine = create_engine(clean.url("app", driver="psycopg"))
    with engine.connect() as session:
        assert session.execute(text("SELECT current_database()")).scalar_one() == "app"
    engine.dispose()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "off"),
        ("listen_addresses", ""),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("lc_messages", "C.UTF-8"),
        ("max_connections", "100"),
    ],
)
def test_settings_of_a_throw_away_server(postgres_server: Server, setting: str, value: str) -> None:
    assert one_value(postgres_server.url(), f"SELECT current_setting('{setting}')") == value


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch, temp_folder: object) -> None:
    for name, value in {"PGDATA": "/nowhere", "PGOPTIONS": "-c jit=on", "LC_ALL": "tr_TR", "TZ": "Asia/Tokyo"}.items():
        monkeypatch.setenv(name, value)
    with start_server() as server:
        monkeypatch.delenv("PGOPTIONS")
        assert one_value(server.url(), "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"
        assert one_value(server.url(), "SHOW timezone") == "UTC"


def test_settings_of_the_caller_win(temp_folder: object) -> None:
    with start_server(settings={"fsync": "on", "wal_level": "logical", "cluster_name": "it's a 'name'"}) as server:
        assert one_value(server.url(), "SHOW fsync") == "on"
        assert one_value(server.url(), "SHOW wal_level") == "logical"
        assert one_value(server.url(), "SHOW cluster_name") == "it's a 'name'"


def test_the_place_of_the_socket_is_not_the_callers() -> None:
    with pytest.raises(UsageError, match="where the server listens is its own affair: port"):
        start_server(settings={"port": "5433"})


def test_a_server_that_does_not_start_says_why_and_leaves_nothing(temp_folder: os.PathLike[str]) -> None:
    with pytest.raises(TargetUnavailable) as caught:
        start_server(settings={"max_connections": "many"})
    assert "the server ended while it started; the end of its log:\n" in caught.value.message
    assert 'invalid value for parameter "max_connections": "many"' in caught.value.message
    assert os.listdir(temp_folder) == []


def test_stop_may_be_repeated_and_ends_the_use(temp_folder: os.PathLike[str]) -> None:
    server = start_server()
    server.stop()
    server.stop()
    assert os.listdir(temp_folder) == []
    with pytest.raises(UsageError, match="the PostgreSQL server was stopped"):
        server.databases()


def test_a_server_that_is_gone_does_not_answer(temp_folder: object) -> None:
    with start_server() as server:
        os.kill(server.pid, 9)
        with pytest.raises(TargetUnavailable, match=f"the PostgreSQL server {server.pid} does not answer"):
            for _ in range(1000):
                server.databases()

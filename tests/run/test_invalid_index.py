"""INVALID indexes of failed builds are removed and built again; nothing else is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from limbeck.model.wait import Wait
from limbeck.scratch import Server
from tests.cli.command import Outcome, limbeck
from tests.run.postgresql_chain import BLOCK, chain, connect, value

TABLE = 'op.execute("CREATE TABLE users (id int PRIMARY KEY, name text)")'
UNIQUE = f'{BLOCK}op.create_index("one_name", "users", ["name"], unique=True, postgresql_concurrently=True)'
INVALID = "SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE NOT indisvalid"
VALID = "SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indisvalid AND indrelid = 'users'::regclass"
Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with closing(connect(database_url)) as connection:
        yield connection


def upgrade(*words: str, status: int = 0) -> Outcome:
    outcome = limbeck("upgrade", *words)
    assert outcome.status == status, outcome.err
    return outcome


def test_a_failed_build_is_removed_and_built_again(folder: Path, database_url: str, connection: Connection) -> None:
    chain(folder, database_url, TABLE, UNIQUE)
    upgrade("r1")
    connection.execute("INSERT INTO users VALUES (1, 'x'), (2, 'x')")
    assert "could not create unique index" in upgrade("--no-preflight", status=5).out
    assert value(connection, INVALID) == "one_name"
    connection.execute("DELETE FROM users WHERE id = 2")
    assert "removed the INVALID index one_name on users, which a build that failed has left" in upgrade().err
    assert (value(connection, INVALID), value(connection, VALID)) == (None, "one_name users_pkey")


def test_if_not_exists_does_not_take_it_for_done(folder: Path, database_url: str, connection: Connection) -> None:
    up = UNIQUE.replace("unique=True", "unique=True, if_not_exists=True")
    chain(folder, database_url, TABLE, up)
    upgrade("r1")
    connection.execute("INSERT INTO users VALUES (1, 'x'), (2, 'x')")
    upgrade("--no-preflight", status=5)
    connection.execute("DELETE FROM users WHERE id = 2")
    assert "removed the INVALID index" in upgrade().err
    assert value(connection, VALID) == "one_name users_pkey"


def leave_by_reindex(url: str, connection: Connection, statement: str) -> None:
    """Cancel a REINDEX CONCURRENTLY while it waits for somebody's transaction, its first new index made."""
    pid = connection.info.backend_pid
    waits = f"SELECT count(*) FROM pg_locks WHERE pid = {pid} AND locktype = 'virtualxid' AND NOT granted"
    made = f"{waits} AND EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)"
    cancelled: list[bool] = []

    def cancel() -> None:
        with closing(connect(url)) as other:
            cancelled.append(Wait(20).until(lambda: value(other, made) == 1))
            other.execute(f"SELECT pg_cancel_backend({pid})")

    thread = threading.Thread(target=cancel)
    with closing(psycopg.connect(url.replace("+psycopg", ""))) as writer:
        writer.execute("UPDATE users SET name = name")
        thread.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute(statement)
        thread.join()
    assert cancelled == [True]


@pytest.mark.parametrize("statement", ["REINDEX INDEX CONCURRENTLY by_name", "REINDEX TABLE CONCURRENTLY users"])
def test_what_a_reindex_has_left(folder: Path, database_url: str, connection: Connection, statement: str) -> None:
    chain(folder, database_url, TABLE, f'{BLOCK}op.execute("{statement}")')
    upgrade("r1")
    connection.execute("CREATE INDEX by_name ON users (name); INSERT INTO users VALUES (1, 'x')")
    leave_by_reindex(database_url, connection, statement)
    assert "by_name_ccnew" in value(connection, INVALID)
    assert "removed the INVALID index by_name_ccnew on users" in upgrade().err
    left = value(connection, INVALID)
    assert left is None or left.startswith("pg_toast."), "an index of TOAST may not be dropped"
    assert value(connection, VALID) == "by_name users_pkey"


def test_others_are_not_touched(folder: Path, database_url: str, connection: Connection) -> None:
    """An INVALID index of another name, one of another table, one of a constraint; a valid one of the name."""
    chain(folder, database_url, TABLE, UNIQUE)
    upgrade("r1")
    connection.execute("CREATE INDEX other ON users (name)")
    connection.execute("CREATE SCHEMA app CREATE TABLE users (name text)")
    connection.execute("CREATE INDEX one_name ON app.users (name)")
    connection.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('other'::regclass, 'app.one_name'::regclass)"
    )
    upgrade()
    assert value(connection, INVALID) == "app.one_name other"


@pytest.mark.parametrize(
    "make", ["CREATE INDEX one_name ON users (name)", "ALTER TABLE users ADD CONSTRAINT one_name UNIQUE (name)"]
)
def test_a_name_that_is_taken_stays_taken(folder: Path, database_url: str, connection: Connection, make: str) -> None:
    chain(folder, database_url, TABLE, UNIQUE)
    upgrade("r1")
    connection.execute(make)
    if "CONSTRAINT" in make:
        connection.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'one_name'::regclass")
    assert "already exists" in upgrade(status=5).out
    assert value(connection, "SELECT to_regclass('one_name')::text") == "one_name"


class Building:
    """CREATE INDEX CONCURRENTLY in a session of its own, waiting for a writer, while entered."""

    def __init__(self, url: str, connection: Connection) -> None:
        self.connection = connection
        self.writer = psycopg.connect(url.replace("+psycopg", ""))
        self.session = connect(url)
        self.pid = self.session.info.backend_pid
        self.thread = threading.Thread(
            target=self.session.execute, args=("CREATE UNIQUE INDEX CONCURRENTLY one_name ON users (name)",)
        )

    def __enter__(self) -> Building:
        self.writer.execute("INSERT INTO users VALUES (1, 'x')")
        self.thread.start()
        known = f"SELECT count(*) FROM pg_stat_progress_create_index WHERE pid = {self.pid} AND index_relid > 0"
        assert Wait(20).until(lambda: value(self.connection, known) == 1)
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()
        self.thread.join()
        self.session.close()


def test_a_build_under_way_is_named_and_left_alone(folder: Path, database_url: str, connection: Connection) -> None:
    chain(folder, database_url, TABLE, UNIQUE)
    upgrade("r1")
    with Building(database_url, connection) as building:
        outcome = upgrade("--no-wait", status=5)
        assert f"session {building.pid} of postgres" in outcome.err
        assert "is building the index one_name on users" in outcome.err
    assert value(connection, VALID) == "one_name users_pkey"


def test_a_build_under_way_is_waited_for(folder: Path, database_url: str, connection: Connection) -> None:
    chain(folder, database_url, TABLE, UNIQUE.replace("unique=True", "unique=True, if_not_exists=True"))
    upgrade("r1")
    with Building(database_url, connection) as building:
        told: list[Outcome] = []
        thread = threading.Thread(target=lambda: told.append(upgrade()))
        thread.start()
        asked = (
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_stat_progress_create_index p%'"
            " AND pid <> pg_backend_pid() AND state <> 'active'"  # it was answered
        )
        assert Wait(20).until(lambda: value(connection, asked) >= 1)
        building.writer.rollback()
        thread.join()
    assert f"waiting for session {building.pid}" in told[0].err
    assert value(connection, VALID) == "one_name users_pkey"


@pytest.mark.majors
def test_every_major(major_server: Server, folder: Path) -> None:
    major_server.create_database("test_1")
    url = major_server.url("test_1", driver="psycopg")
    tests: tuple[Callable[[Path, str, Connection], None], ...] = (
        test_a_failed_build_is_removed_and_built_again,
        test_others_are_not_touched,
        lambda *given: test_what_a_reindex_has_left(*given, "REINDEX TABLE CONCURRENTLY users"),
        test_a_build_under_way_is_named_and_left_alone,
    )
    for test in tests:
        with closing(connect(url)) as connection:
            connection.execute("DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            test(folder, url, connection)

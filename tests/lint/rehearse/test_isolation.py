"""A rehearsal reaches no database but the scratch one, whatever the project does."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psycopg
import pymysql
import pytest
from sqlalchemy.engine import make_url

from limbeck.environment.isolation import isolated
from limbeck.model.errors import UsageError
from limbeck.scratch import Server
from tests.conftest import MakeDatabase
from tests.lint.projects import LintProject
from tests.lint.rehearse import environments


class Production:
    """A port on which a production database might listen: it counts who knocks."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.knocks = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.knocks += 1
            connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def production() -> Iterator[Production]:
    found = Production()
    yield found
    found.close()


def test_psycopg_is_led(make_database: MakeDatabase, production: Production) -> None:
    url = make_url(make_database())
    with isolated(url):
        address = f"host=127.0.0.1 port={production.port} user=app dbname=prod options='-c search_path=x'"
        for connect in (psycopg.connect, psycopg.Connection.connect):
            with connect(address) as connection:
                row = connection.execute("SELECT current_database(), current_setting('search_path')").fetchone()
                assert row == (url.database, "x")
    assert production.knocks == 0
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"host=127.0.0.1 port={production.port} user=app dbname=prod")
    assert production.knocks


def test_psycopg_async_is_led(make_database: MakeDatabase, production: Production) -> None:
    url = make_url(make_database())

    async def ask() -> object:
        async with await psycopg.AsyncConnection.connect(
            host="127.0.0.1", port=production.port, user="x"
        ) as connection:
            cursor = await connection.execute("SELECT current_database()")
            return await cursor.fetchone()

    with isolated(url):
        assert asyncio.run(ask()) == (url.database,)
    assert production.knocks == 0


@pytest.mark.parametrize("way", ["connect", "pool"])
def test_asyncpg_is_led(way: str, make_database: MakeDatabase, production: Production) -> None:
    url = make_url(make_database())
    dsn = f"postgresql://app:secret@127.0.0.1:{production.port}/prod"

    async def ask() -> object:
        if way == "pool":
            async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool:
                return await pool.fetchval("SELECT current_database()")
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval("SELECT current_database()")
        finally:
            await connection.close()

    with isolated(url):
        assert asyncio.run(ask()) == url.database
    assert production.knocks == 0


def test_a_driver_in_python_is_refused(make_database: MakeDatabase, production: Production) -> None:
    with isolated(make_url(make_database())), pytest.raises(UsageError, match="pymysql opens a connection of its own"):
        pymysql.connect(host="127.0.0.1", port=production.port, user="app")
    assert production.knocks == 0


def test_sqlite_is_refused(tmp_path: Path, postgres_server: Server) -> None:
    project = LintProject(tmp_path / "project")
    (wanted,) = project.add(f"import sqlite3\nsqlite3.connect({str(tmp_path / 'production.db')!r})")
    rehearsed = project.facts([wanted], postgres_server)[wanted]
    assert rehearsed.failed is not None and "sqlite3 opens a connection of its own" in rehearsed.failed
    assert not (tmp_path / "production.db").exists()


def test_env_py_with_a_connection_of_its_own(tmp_path: Path, postgres_server: Server, production: Production) -> None:
    address = f"host=127.0.0.1 port={production.port} dbname=prod user=app"
    project = LintProject(tmp_path / "project", env_py=environments.RAW.replace("{address}", address))
    (wanted,) = project.add('op.add_column("orders", sa.Column("source", sa.Text()))')
    rehearsed = project.facts([wanted], postgres_server)[wanted]
    assert rehearsed.failed is None and [facts.sql for facts in rehearsed.statements]
    assert production.knocks == 0


def test_a_revision_with_a_connection_of_its_own(
    tmp_path: Path, postgres_server: Server, production: Production
) -> None:
    project = LintProject(tmp_path / "project")
    (wanted,) = project.add(
        "import psycopg\n"
        f"with psycopg.connect('host=127.0.0.1 port={production.port} dbname=prod user=app') as own:\n"
        "    own.execute('CREATE TABLE made_elsewhere (id int)')"
    )
    rehearsed = project.facts([wanted], postgres_server)[wanted]
    assert rehearsed.failed is None
    assert production.knocks == 0

"""What a run says is applied is on the disk, though its steps do not wait for it one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from limbeck.model.errors import RunStopped
from tests.run.postgresql_chain import chain, connect, value
from tests.run.runs import Told, run
from tests.servers.postgresql import RestartableServer, restartable_server

INSERT = 'op.execute("INSERT INTO kept VALUES ({number})")'


@pytest.fixture(scope="module")
def lazy_server() -> Iterator[RestartableServer]:
    """One whose WAL writer sleeps: what no commit waits for is lost when it dies."""
    with restartable_server() as server:
        with connect(server.url("postgres", "psycopg")) as connection:
            connection.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
            connection.execute("SELECT pg_reload_conf()")
        yield server


def database(server: RestartableServer, name: str) -> str:
    with connect(server.url("postgres", "psycopg")) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = server.url(name, "psycopg")
    with connect(url) as connection:
        connection.execute("CREATE TABLE kept (number integer)")
        connection.execute("CHECKPOINT")
    return url


def dies_and_comes_back(server: RestartableServer, url: str) -> int:
    """How many rows are there after it."""
    server.kill()
    server.start()
    with connect(url) as connection:
        return int(value(connection, "SELECT count(*) FROM kept"))


def test_a_commit_that_does_not_wait_is_lost_here(lazy_server: RestartableServer) -> None:
    url = database(lazy_server, "unsettled")
    with connect(url) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("INSERT INTO kept VALUES (1)")
    assert dies_and_comes_back(lazy_server, url) == 0


def test_a_run_that_has_arrived_is_kept(lazy_server: RestartableServer, tmp_path: Path) -> None:
    url = database(lazy_server, "arrived")
    chain(tmp_path, url, *(INSERT.format(number=number) for number in range(3)))
    assert len(run(tmp_path, Told()).applied) == 3
    assert dies_and_comes_back(lazy_server, url) == 3


def test_what_was_applied_before_a_failure_is_kept(lazy_server: RestartableServer, tmp_path: Path) -> None:
    url = database(lazy_server, "failed")
    chain(tmp_path, url, INSERT.format(number=1), INSERT.format(number=2), 'op.execute("SELECT 1/0")')
    with pytest.raises(RunStopped) as stopped:
        run(tmp_path, Told())
    assert [step.revision for step in stopped.value.result.applied] == ["r1", "r2"]
    assert dies_and_comes_back(lazy_server, url) == 2

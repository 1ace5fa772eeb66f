"""What a run says is applied is on the disk, though its steps do not wait for it one by one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from limbeck.model.errors import RunStopped
from tests.run.postgresql_chain import chain, connect, value
from tests.run.runs import Told, run
from tests.servers.postgresql import RestartableServer, restartable_server

INSERT = 'op.execute("INSERT INTO kept VALUES ({number})")'


@pytest.fixture(scope="module")
def server() -> Iterator[RestartableServer]:
    """One that can be killed."""
    with restartable_server() as server:
        yield server


def database(server: RestartableServer, name: str) -> str:
    with connect(server.url("postgres", "psycopg")) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = server.url(name, "psycopg")
    with connect(url) as connection:
        connection.execute("CREATE TABLE kept (number integer)")
        connection.execute("CHECKPOINT")
    return url


@contextmanager
def killed_in_the_end(server: RestartableServer) -> Iterator[None]:
    """What no commit has waited for is lost with the server: its WAL writer, which writes that now and then, is held."""
    with connect(server.url("postgres", "psycopg")) as connection:
        wal_writer = value(connection, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")
    os.kill(wal_writer, signal.SIGSTOP)
    try:
        yield
    finally:
        server.kill()
        os.kill(wal_writer, signal.SIGKILL)
        server.start()


def rows(url: str) -> int:
    """How many are there."""
    with connect(url) as connection:
        return int(value(connection, "SELECT count(*) FROM kept"))


def test_a_commit_that_does_not_wait_is_lost_here(server: RestartableServer) -> None:
    url = database(server, "unsettled")
    with killed_in_the_end(server), connect(url) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("INSERT INTO kept VALUES (1)")
    assert rows(url) == 0


def test_a_run_that_has_arrived_is_kept(server: RestartableServer, tmp_path: Path) -> None:
    url = database(server, "arrived")
    chain(tmp_path, url, *(INSERT.format(number=number) for number in range(3)))
    with killed_in_the_end(server):
        assert len(run(tmp_path, Told()).applied) == 3
    assert rows(url) == 3


def test_what_was_applied_before_a_failure_is_kept(server: RestartableServer, tmp_path: Path) -> None:
    url = database(server, "failed")
    chain(tmp_path, url, INSERT.format(number=1), INSERT.format(number=2), 'op.execute("SELECT 1/0")')
    with killed_in_the_end(server), pytest.raises(RunStopped) as stopped:
        run(tmp_path, Told())
    assert [step.revision for step in stopped.value.result.applied] == ["r1", "r2"]
    assert rows(url) == 2

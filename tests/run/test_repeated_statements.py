"""Steps of which a part is committed: what can be repeated by itself is, and nothing else is."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from limbeck.model.bounds import Bounds
from limbeck.model.duration import Duration
from limbeck.model.errors import RunStopped
from tests.cli.projects import write_revision
from tests.run.runs import Told, asked, run, somebody

BLOCK = 'with op.get_context().autocommit_block():\n        op.execute("INSERT INTO counted VALUES (1)")\n        '
ALTER = 'op.execute("ALTER TABLE users ADD name text")'
READ = "SELECT * FROM users"
COUNT = "SELECT count(*) FROM counted"
AGAIN = "to be tried again"


@pytest.fixture
def counting(folder: Path, database_url: str) -> Path:
    """A project whose database has a table for what must not happen twice."""
    with somebody(database_url) as connection:
        connection.exec_driver_sql("CREATE TABLE counted (id int)")
        connection.commit()
    return folder


def step(folder: Path, *lines: str) -> None:
    write_revision(folder, "bbb222", "aaa111", "create orders", up="\n    ".join(lines))


def test_a_statement_in_autocommit(counting: Path, database_url: str) -> None:
    step(counting, BLOCK + ALTER)
    with somebody(database_url) as other:
        other.exec_driver_sql(READ)
        told = Told(AGAIN, other.rollback)
        run(counting, told)
    assert "a lock was not had within 0.10 s: to be tried again for 30 s at most" in told.remarks
    assert asked(database_url, COUNT) == 1
    assert asked(database_url, "SELECT count(name) FROM users") == 0


def test_the_first_statement_of_a_transaction_behind_it(counting: Path, database_url: str) -> None:
    step(counting, BLOCK + "pass", ALTER, 'op.execute("INSERT INTO counted VALUES (2)")')
    with somebody(database_url) as other:
        other.exec_driver_sql(READ)
        run(counting, Told(AGAIN, other.rollback))
    assert asked(database_url, COUNT) == 2
    assert asked(database_url, "SELECT count(name) FROM users") == 0


@pytest.mark.parametrize(
    "between",
    [
        'op.execute("INSERT INTO counted VALUES (2)")',
        'op.get_bind().execute(sa.text("SELECT id FROM counted FOR UPDATE"))',
        'op.get_bind().connection.cursor().execute("INSERT INTO counted VALUES (2)")',
    ],
    ids=["a change", "a read", "the driver's own cursor"],
)
def test_a_later_one_stops_the_run(counting: Path, database_url: str, between: str) -> None:
    step(counting, BLOCK + "pass", between, ALTER)
    with somebody(database_url) as other:
        other.exec_driver_sql(READ)
        with pytest.raises(RunStopped) as stopped:
            run(counting, Told(), bounds=Bounds(Duration("200ms"), Duration("30s")))
    assert stopped.value.exit_code == 5
    assert "; not tried again, since part of the step is committed" in stopped.value.message
    assert (
        stopped.value.hint == "see to what is in the way, then type the same command again; part of the step stays done"
    )
    assert asked(database_url, COUNT) == 1


@pytest.mark.parametrize(
    "commit",
    [
        "op.get_bind().commit()",
        'op.execute("COMMIT")',
        'op.get_bind().connection.commit()\n    op.execute("SELECT 1")',
    ],
    ids=["the connection", "a statement", "the driver"],
)
def test_a_commit_of_its_own(counting: Path, database_url: str, commit: str) -> None:
    step(counting, 'op.execute("INSERT INTO counted VALUES (1)")', commit, 'op.execute("SELECT 1")', ALTER)
    with somebody(database_url) as other:
        other.exec_driver_sql(READ)
        with pytest.raises(RunStopped) as stopped:
            run(counting, Told())
    assert "not tried again, since part of the step is committed" in stopped.value.message
    assert asked(database_url, COUNT) == 1


def test_an_index_build_in_a_deadlock_is_begun_anew(counting: Path, database_url: str) -> None:
    """The build that the server has broken off has left an invalid index, which is removed first."""
    step(counting, BLOCK + 'op.execute("CREATE INDEX CONCURRENTLY made ON users (id)")')
    with somebody(database_url) as other:
        other.exec_driver_sql("SET deadlock_timeout = '1h'")  # so that the build is the one that is chosen
        other.exec_driver_sql("INSERT INTO users VALUES (1)")

        def lock() -> None:
            other.exec_driver_sql("LOCK TABLE users IN SHARE UPDATE EXCLUSIVE MODE")

        crossing = threading.Thread(target=lock)

        def cross() -> None:
            crossing.start()
            told.hear("to be tried again", give_way)

        def give_way() -> None:
            crossing.join()
            other.rollback()

        told = Told("waiting for a lock", cross)
        run(counting, told)
    assert "a deadlock: to be tried again for 30 s at most" in told.remarks
    assert any(remark.startswith("removed the INVALID index made on users") for remark in told.remarks), told.remarks
    assert asked(database_url, "SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0
    assert asked(database_url, "SELECT to_regclass('made') IS NOT NULL")

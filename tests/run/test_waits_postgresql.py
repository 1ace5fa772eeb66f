"""Locks that are not had at once: bounded waits, whole transactions tried again, and who was in the way."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from limbeck.model.bounds import Bounds
from limbeck.model.duration import Duration
from limbeck.model.errors import LockNotHad, RunStopped
from limbeck.model.wait import Wait
from tests.cli.projects import write_revision, write_table
from tests.run.runs import DURING, SEEN_AND_REFUSED, Patience, Told, asked, run, somebody

NO_SECOND_TRY = Bounds(Duration("300ms"), Duration("0s"))
READ = "SELECT * FROM users WHERE id = 4711 AND 'secret' <> ''"


def alter(folder: Path, before: str = "", after: str = "") -> None:
    """The second revision changes the table that others read, with more statements around that."""
    up = before + 'op.add_column("users", sa.Column("name", sa.Text()))' + after
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)


def test_a_step_is_tried_again_until_the_lock_is_had(folder: Path, database_url: str) -> None:
    alter(folder, 'op.create_table("orders", sa.Column("id", sa.Integer()))\n    ')
    with somebody(database_url) as other:
        pid = other.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        other.exec_driver_sql(READ)
        told = Told(SEEN_AND_REFUSED, other.rollback)
        result = run(folder, told)
    assert [step.revision for step in result.applied] == ["bbb222", "ccc333"]
    *before, through = told.remarks
    again, waiting = sorted(before)
    assert re.fullmatch(
        rf"waiting for a lock: held by pid {pid} \(user postgres, idle in transaction, begun \d+(\.\d\d)? s ago: "
        r"SELECT \* FROM users WHERE id = \? AND \? <> \?\)",
        waiting,
    )
    assert again == "a lock was not had within 0.10 s: the step was rolled back, to be tried again for 30 s at most"
    assert re.fullmatch(r"went through at try \d+, \d+\.\d\d s after the first", through)
    assert asked(database_url, "SELECT count(name) FROM users") == 0


def test_nothing_is_changed_when_the_tries_are_used_up(folder: Path, database_url: str) -> None:
    alter(folder)
    patience = Patience()
    told = Told(SEEN_AND_REFUSED, patience.ends)
    with somebody(database_url) as other:
        other.exec_driver_sql(READ)
        with pytest.raises(LockNotHad) as stopped:
            run(folder, told, bounds=Bounds(Duration("200ms"), Duration("500ms")), patience=patience)
    error = stopped.value
    assert error.exit_code == 4
    assert re.search(
        r"LockNotAvailable: .*; tried ([2-9]|\d\d) times in 1 h, held by pid \d+ \(user postgres, ", error.message
    )
    assert error.hint == "see to what is in the way, then type the same command again; nothing was changed"
    assert error.result.failed is not None
    assert error.result.failed.sqlstate == "55P03"
    assert error.result.pending == ("bbb222", "ccc333")
    assert [remark for remark in told.remarks if "secret" in remark] == []


def test_what_was_applied_stays_applied(folder: Path, database_url: str) -> None:
    write_table(folder, "bbb222", "aaa111", "orders")
    write_revision(folder, "ccc333", "bbb222", "create parcels", up='op.drop_table("users")')
    patience = Patience()
    with somebody(database_url) as other:
        other.exec_driver_sql(READ)
        with pytest.raises(RunStopped) as stopped:
            run(folder, Told(SEEN_AND_REFUSED, patience.ends), patience=patience)
    assert stopped.value.exit_code == 5
    assert re.search(r"; tried \d+ times in 1 h, held by pid", stopped.value.message)
    assert [step.revision for step in stopped.value.result.applied] == ["bbb222"]


def test_a_single_try_is_told_as_such(folder: Path, database_url: str) -> None:
    alter(folder)
    with somebody(database_url) as other:
        other.exec_driver_sql(READ)
        with pytest.raises(LockNotHad) as stopped:
            run(folder, Told(), bounds=NO_SECOND_TRY)
    assert "; tried once" in stopped.value.message


def test_one_try_waits_for_all_of_the_lock_timeout(folder: Path, database_url: str) -> None:
    up = "op.execute(\"CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS value\")"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    run(folder, Told(), bounds=NO_SECOND_TRY)
    assert asked(database_url, "SELECT value FROM seen") == "300ms"


def test_enums_are_created_again(folder: Path, database_url: str) -> None:
    """Alembic remembers the enums that it has created, those of a try that was rolled back too."""
    alter(
        folder,
        'op.create_table("orders", sa.Column("mood", sa.Enum("calm", "glad", name="mood")))\n    ',
        '\n    op.create_table("moods", sa.Column("mood", sa.Enum("calm", "glad", name="mood")))',
    )
    with somebody(database_url) as other:
        other.exec_driver_sql(READ)
        run(folder, Told("to be tried again", other.rollback))
    assert asked(database_url, "SELECT count(*) FROM pg_type WHERE typname = 'mood'") == 1


def test_other_errors_are_not_tried_again(folder: Path, database_url: str) -> None:
    alter(folder, after='\n    op.execute("SELECT * FROM nowhere")')
    told = Told()
    with pytest.raises(RunStopped) as stopped:
        run(folder, told)
    assert stopped.value.exit_code == 5
    assert told.remarks == []


DEADLOCK = """\
op.execute("UPDATE users SET id = id WHERE id = 1")
    from tests.run.runs import DURING
    DURING[0]()
    op.execute("UPDATE users SET id = id WHERE id = 2")"""


def test_a_deadlock_is_tried_again(folder: Path, database_url: str) -> None:
    """The other session waits for the step's row, and the step for the row of the other session."""
    write_revision(folder, "bbb222", "aaa111", "create orders", up=DEADLOCK)
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO users VALUES (1), (2)")
    threads: list[threading.Thread] = []

    def cross() -> None:
        if threads:
            return
        other = engine.connect()
        other.exec_driver_sql("SET deadlock_timeout = '1h'")  # so that the step is the one that is chosen
        other.exec_driver_sql("UPDATE users SET id = id WHERE id = 2")

        def wait() -> None:
            with other:
                other.exec_driver_sql("UPDATE users SET id = id WHERE id = 1")

        threads.append(threading.Thread(target=wait))
        threads[0].start()
        # The server looks for a deadlock once in a wait: the step must not come to its own before this one has begun.
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
        assert Wait(30).until(lambda: asked(database_url, waits) == 1)

    DURING[:] = [cross]
    told = Told()
    run(folder, told, bounds=Bounds(Duration("30s"), Duration("30s")))
    threads[0].join()
    engine.dispose()
    assert "a deadlock: the step was rolled back, to be tried again for 30 s at most" in told.remarks
    assert asked(database_url, "SELECT version_num FROM alembic_version") == "ccc333"

"""MariaDB commits by itself at every change of the schema: there, the statement that waited is tried again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from limbeck.model.bounds import Bounds
from limbeck.model.duration import Duration
from limbeck.model.errors import LockNotHad, RunStopped
from tests.cli.projects import ENV_PY, line, write_revision
from tests.run.runs import DURING, SEEN_AND_REFUSED, Patience, Told, asked, run, somebody

pytestmark = pytest.mark.mariadb

ALTER = 'op.execute("ALTER TABLE users ADD name text")'
UPDATE = 'op.execute("UPDATE users SET id = id + 10 WHERE id = 1")'
READ = "SELECT * FROM users WHERE id = 4711"
ONE_SECOND = Bounds(Duration("1s"), Duration("1min"))
CALL = "from tests.run.runs import DURING; DURING[0]()"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mariadb_url: str) -> Path:
    """A project at its first revision of three, with a row."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    line(tmp_path, mariadb_url)
    run(tmp_path, Told(), target="aaa111")
    with somebody(mariadb_url) as connection:
        connection.exec_driver_sql("INSERT INTO users VALUES (1), (2)")
        connection.commit()
    return tmp_path


def step(folder: Path, *lines: str) -> None:
    write_revision(folder, "bbb222", "aaa111", "create orders", up="\n    ".join(lines))


def test_a_lock_on_a_table(folder: Path, mariadb_url: str) -> None:
    step(folder, 'op.execute("CREATE TABLE orders (id int)")', ALTER)
    with somebody(mariadb_url) as other:
        other.exec_driver_sql(READ)
        told = Told(SEEN_AND_REFUSED, other.rollback)
        result = run(folder, told, bounds=ONE_SECOND)
    assert [step.revision for step in result.applied] == ["bbb222", "ccc333"]
    assert re.fullmatch(
        r"waiting for a lock: held perhaps by pid \d+ \(user root@localhost, Sleep, begun \d+(\.00)? s ago\)",
        told.remark_of("waiting for a lock"),
    )
    assert "a lock was not had within 1.00 s: to be tried again for 1 min at most" in told.remarks
    assert asked(mariadb_url, "SELECT count(name) FROM users") == 0


def test_a_lock_on_a_row(folder: Path, mariadb_url: str) -> None:
    """The statement is the first of its transaction."""
    step(folder, ALTER, UPDATE)
    with somebody(mariadb_url) as other:

        def lock() -> None:
            other.exec_driver_sql("UPDATE users SET id = id WHERE id = 1")

        step(folder, ALTER, CALL, UPDATE)
        DURING[:] = [lock]
        told = Told(SEEN_AND_REFUSED, other.rollback)
        run(folder, told, bounds=ONE_SECOND)
    assert told.remark_of("waiting for a lock").startswith("waiting for a lock: held by pid")
    assert asked(mariadb_url, "SELECT max(id) FROM users") == 11


@pytest.mark.parametrize("transaction", ["revision", "run"])
def test_a_step_that_has_changed_rows_alone_begins_anew(folder: Path, mariadb_url: str, transaction: str) -> None:
    """Alembic has a transaction for each step here, whatever was asked for."""
    step(folder, 'op.execute("INSERT INTO users VALUES (7)")', UPDATE)
    with somebody(mariadb_url) as other:
        other.exec_driver_sql("UPDATE users SET id = id WHERE id = 1")
        told = Told(SEEN_AND_REFUSED, other.rollback)
        run(folder, told, bounds=ONE_SECOND, transaction=transaction)
    assert "the step was rolled back" in told.remark_of("to be tried again")
    assert asked(mariadb_url, "SELECT group_concat(id ORDER BY id) FROM users") == "2,7,11"


def test_nothing_is_repeated_that_is_committed(folder: Path, mariadb_url: str) -> None:
    step(folder, ALTER, 'op.execute("INSERT INTO users (id) VALUES (7)")', UPDATE)
    with somebody(mariadb_url) as other:
        step(folder, ALTER, 'op.execute("INSERT INTO users (id) VALUES (7)")', CALL, UPDATE)
        DURING[:] = [lambda: other.exec_driver_sql("UPDATE users SET id = id WHERE id = 1")]
        with pytest.raises(RunStopped) as stopped:
            run(folder, Told(), bounds=Bounds(Duration("2s"), Duration("0s")))
    assert stopped.value.exit_code == 5
    assert "not tried again, since part of the step is committed, held by pid" in stopped.value.message


def test_nothing_is_changed_when_the_tries_are_used_up(folder: Path, mariadb_url: str) -> None:
    step(folder, ALTER)
    with somebody(mariadb_url) as other:
        other.exec_driver_sql(READ)
        patience = Patience()
        with pytest.raises(LockNotHad) as stopped:
            run(folder, Told(SEEN_AND_REFUSED, patience.ends), bounds=ONE_SECOND, patience=patience)
    assert "Lock wait timeout exceeded" in stopped.value.message
    assert re.search(r"; tried \d+ times in 1 h, held perhaps by pid", stopped.value.message)


def test_who_may_not_see_transactions_sees_sessions(folder: Path, mariadb_url: str) -> None:
    with somebody(mariadb_url) as admin:
        admin.exec_driver_sql("CREATE OR REPLACE USER app")
        admin.exec_driver_sql("GRANT ALL ON test_1.* TO app")
    ini = folder / "alembic.ini"
    own = mariadb_url.replace("root@", "app@")
    ini.write_text(ini.read_text().replace("root@", "app@"))
    step(folder, ALTER)
    with somebody(own) as other:
        other.exec_driver_sql(READ)
        told = Told(SEEN_AND_REFUSED, other.rollback)
        run(folder, told, bounds=ONE_SECOND)
    waiting = told.remark_of("waiting for a lock")
    assert re.fullmatch(r"waiting for a lock: held perhaps by pid \d+ \(user app@localhost, Sleep\)", waiting)


def test_the_session_is_bounded_and_given_back(folder: Path, mariadb_url: str) -> None:
    keep = "INSERT INTO seen SELECT @@lock_wait_timeout, @@innodb_lock_wait_timeout"
    with somebody(mariadb_url) as connection:
        connection.exec_driver_sql("CREATE TABLE seen (a int, b int, n int AUTO_INCREMENT PRIMARY KEY)")
    path = write_revision(
        folder, "bbb222", "aaa111", "create orders", up=f'op.execute("{keep.replace("seen", "seen (a, b)")}")'
    )
    path.write_text(f"# limbeck: lock_timeout=40s\n{path.read_text()}")
    write_revision(
        folder, "ccc333", "bbb222", "create parcels", up=f'op.execute("{keep.replace("seen", "seen (a, b)")}")'
    )
    env_py = ENV_PY.replace(
        "create_engine(url,", "create_engine(url, connect_args={'init_command': 'SET lock_wait_timeout=77'},"
    )
    env_py += (
        f"        connection.exec_driver_sql({keep.replace('seen', 'seen (a, b)')!r})\n        connection.commit()\n"
    )
    (folder / "migrations" / "env.py").write_text(env_py)
    run(folder, Told())
    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        seen = connection.exec_driver_sql("SELECT a, b FROM seen ORDER BY n").all()
    engine.dispose()
    assert [tuple(row) for row in seen] == [(5, 5), (77, 1), (77, 50)]

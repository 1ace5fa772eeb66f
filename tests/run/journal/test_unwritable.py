"""A journal that cannot be written fails no step, and holds none up."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from limbeck.run.journal.writer import PATIENCE, JournalWriter
from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line, write_revision

Seconds = list[float]
Ask = Callable[[str], list[tuple[Any, ...]]]
TOLD = "the journal cannot be written, and the run goes on without it: "


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    """How long the journal has waited for its lock, each time that it did not get it."""
    found: Seconds = []
    as_ever = JournalWriter._pass

    def spied(self: JournalWriter) -> None:
        found.append(PATIENCE)
        as_ever(self)

    monkeypatch.setattr(JournalWriter, "_pass", spied)
    return found


def run_states() -> list[tuple[str | None, list[str]]]:
    found = limbeck("journal", "--json").document["databases"][0]["runs"]
    return [(run["outcome"], [step["state"] for step in run["steps"]]) for run in found or []]


def test_a_table_of_somebody_elses(project: Path, url: str, ask: Ask) -> None:
    ask("CREATE TABLE limbeck_journal (id int)")
    done = limbeck("upgrade", "--json")
    assert (done.status, done.document["current"], done.err.count(TOLD)) == (0, ["ccc333"], 1)
    assert ask("SELECT * FROM limbeck_journal") == []
    assert limbeck("current", "--json").status == 0
    assert limbeck("current", "--url", url, "--json").status == 0
    assert limbeck("plan", "--json").status == 0
    asked = limbeck("journal")
    assert (asked.status, "the journal cannot be read" in asked.err) == (4, True)


def test_no_right_to_make_it(database_url: str, folder: Path) -> None:
    """The version table is there and may be written; the schema may not be added to."""
    line(folder, database_url)
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in (
            "CREATE ROLE deployer LOGIN",
            "CREATE SCHEMA app AUTHORIZATION deployer",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
            "GRANT ALL ON alembic_version TO deployer",
        ):
            connection.execute(text(statement))
    try:
        for revision, parent in (("aaa111", None), ("bbb222", "aaa111"), ("ccc333", "bbb222")):
            (path,) = (folder / "migrations" / "versions").glob(f"{revision}*")
            path.unlink()
            write_revision(folder, revision, parent, "table", up=f'op.execute("CREATE TABLE app.{revision} (id int)")')
        as_deployer = make_url(database_url).set(username="deployer").render_as_string(hide_password=False)
        done = limbeck("upgrade", "--url", as_deployer, "--json")
        assert (done.status, done.document["current"]) == (0, ["ccc333"]), done.err
        assert done.err.count(TOLD) == 1
        assert limbeck("journal", "--url", as_deployer).out.splitlines()[-1] == "nothing was recorded"
        # One that the owner of the schema has made, and this user may not read.
        assert limbeck("stamp", "bbb222", "-q").status == 0
        for words in (("current",), ("history", "-i"), ("plan",)):
            asked = limbeck(*words, "--url", as_deployer)
            assert asked.status == 0, asked.err
        assert "the journal cannot be read: InsufficientPrivilege" in limbeck("current", "--url", as_deployer).err
    finally:
        with engine.connect() as connection:
            connection.execute(text("DROP OWNED BY deployer"))
            connection.execute(text("DROP ROLE deployer"))
        engine.dispose()


def test_a_revision_that_drops_everything(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    up = 'op.execute("DROP SCHEMA public CASCADE")\n    op.execute("CREATE SCHEMA public")\n'
    up += '    op.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")\n'
    up += "    op.execute(\"INSERT INTO alembic_version VALUES ('aaa111')\")"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    done = limbeck("upgrade", "--json")
    assert (done.status, done.document["current"], done.err.count(TOLD)) == (0, ["ccc333"], 1)


@pytest.mark.parametrize("transaction", ["revision", "run"])
def test_a_revision_that_locks_the_journal(folder: Path, database_url: str, refused: Seconds, transaction: str) -> None:
    """In one transaction, the run waits for its own journal, and the journal for the run: that must not last."""
    line(folder, database_url)
    assert limbeck("upgrade", "aaa111", "-q").status == 0
    write_revision(folder, "bbb222", "aaa111", "create orders", up='op.execute("LOCK TABLE limbeck_journal")')
    done = limbeck("upgrade", "--transaction", transaction)
    assert (done.status, TOLD in done.err) == (0, False), done.err
    assert sum(refused) < 0.5
    assert run_states() == [("done", ["done"]), ("done", ["done", "done"])]


def test_somebody_who_locks_the_journal(folder: Path, database_url: str, refused: Seconds) -> None:
    line(folder, database_url)
    assert limbeck("upgrade", "aaa111", "-q").status == 0
    engine = create_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE limbeck_journal IN SHARE MODE"))
        done = limbeck("upgrade", "--json")
        assert (done.status, done.document["current"]) == (0, ["ccc333"])
        assert done.err.count(f"{TOLD}its table is locked") == 1
        assert 0 < sum(refused) < 0.5
    engine.dispose()


def test_somebody_who_lets_nobody_read_the_journal(folder: Path, database_url: str) -> None:
    """It may tell of a revision in its middle, so that nothing is begun without it."""
    line(folder, database_url)
    assert limbeck("upgrade", "aaa111", "-q").status == 0
    engine = create_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE limbeck_journal"))
        refused = limbeck("upgrade")
    engine.dispose()
    assert (refused.status, "the journal is locked" in refused.err) == (4, True)
    assert limbeck("current", "--json").document["current"] == ["aaa111"]


def test_a_schema_that_env_py_makes_in_the_same_transaction(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    (folder / "migrations" / "env.py").write_text(
        ENV_PY.replace("engine.connect()", "engine.begin()").replace(
            "        context.configure(connection=connection)",
            "        connection.exec_driver_sql('CREATE SCHEMA IF NOT EXISTS ops')\n"
            "        context.configure(connection=connection, version_table_schema='ops')",
        )
    )
    done = limbeck("upgrade")
    assert (done.status, TOLD in done.err) == (0, False), done.err
    assert run_states() == [("done", ["done"] * 3)]


@pytest.fixture
def writer(folder: Path) -> Iterator[threading.Event]:
    """Somebody who holds SQLite's write lock, again and again, until the event is set."""
    over = threading.Event()

    def write() -> None:
        connection = sqlite3.connect(folder / "app.db", timeout=30, isolation_level=None)
        connection.execute("CREATE TABLE IF NOT EXISTS theirs (id int)")
        while not over.is_set():
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO theirs VALUES (1)")
            over.wait(0.02)
            connection.execute("COMMIT")
            over.wait(0.02)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    yield over
    over.set()
    thread.join()


def test_sqlite_that_others_write_to(folder: Path, writer: threading.Event) -> None:
    line(folder)
    done = limbeck("upgrade")
    assert (done.status, TOLD in done.err) == (0, False), done.err
    assert run_states() == [("done", ["done"] * 3)]


def test_sqlite_in_one_transaction_of_env_py(folder: Path, refused: Seconds) -> None:
    """The run's connection writes from its first step to its end, and the journal comes after."""
    line(folder)
    (folder / "migrations" / "env.py").write_text(
        ENV_PY.replace(
            "        context.configure(", "        connection.exec_driver_sql('BEGIN')\n        context.configure("
        ).replace("engine.connect()", "engine.begin()")
    )
    done = limbeck("upgrade")
    assert (done.status, TOLD in done.err) == (0, False), done.err
    assert refused == [], "SQLite would wait for the lock of the run itself"
    assert run_states() == [("done", ["done"] * 3)]


def test_a_database_in_memory_has_none(folder: Path) -> None:
    line(folder, "sqlite://")
    done = limbeck("upgrade")
    assert (done.status, TOLD in done.err) == (0, False)

"""On SQLite a step happens whole or not at all, with its version row."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.command import Outcome, limbeck
from tests.cli.projects import ENV_PY, write_project, write_revision
from tests.run.killed import Mortals

BATCH = """\
op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO users (id) VALUES (1), (2)")
    with op.batch_alter_table("users", recreate="always") as batch:
        batch.add_column(sa.Column("name", sa.Text()))
    op.create_index("by_name", "users", ["name"])
    op.execute("UPDATE users SET name = 'x' WHERE id = 1")"""
FAIL = '\n    op.execute("SELECT * FROM nowhere")'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def chain(folder: Path, up: str, *, env_py: str = ENV_PY, url: str = "sqlite:///app.db") -> None:
    """A table of users, and then a revision that does `up`."""
    write_project(folder, url, env_py)
    write_revision(folder, "aaa111", None, "users", up='op.create_table("users", sa.Column("id", sa.Integer()))')
    write_revision(folder, "bbb222", "aaa111", "change", up=up)


def left(folder: Path) -> dict[str, object]:
    """Everything in the database: what it is made of, every row."""
    with closing(sqlite3.connect(folder / "app.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        made = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
        rows = {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for kind, name, _ in made
            if kind == "table" and not name.startswith("limbeck")
        }
    return {"made": [thing for thing in made if "limbeck" not in thing[1]], "rows": rows}


def names(folder: Path) -> set[str]:
    return {str(name) for _, name, _ in left(folder)["made"]}  # type: ignore[attr-defined]


def run(*words: str, status: int = 0) -> Outcome:
    outcome = limbeck("upgrade", *words, "--json")
    assert outcome.status == status, outcome.err
    return outcome


def test_a_failure_leaves_nothing_of_its_step(folder: Path) -> None:
    chain(folder, BATCH)
    run("aaa111")
    before = left(folder)
    chain(folder, BATCH + FAIL)
    outcome = run(status=5)
    assert left(folder) == before
    assert "what was applied stays applied" in outcome.err
    chain(folder, BATCH)
    assert run().document["current"] == ["bbb222"]


def test_killed_at_every_statement(folder: Path, mortals: Mortals) -> None:
    chain(folder, BATCH)
    run()
    undisturbed = left(folder)
    kills = 0
    for after in (False, True):
        for number in range(1, 1000):
            (folder / "app.db").unlink()
            killed = mortals.killed_at(folder, number, "upgrade", after=after)
            if not killed:
                break
            kills += 1
            run()
            assert left(folder) == undisturbed, (number, after)
    assert kills > 40


KEYS = """\
op.execute("PRAGMA foreign_keys=OFF")
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("name", sa.Text(), server_default=sa.text("'x'")))
        batch.create_unique_constraint("one_name", ["id", "name"])
    op.create_table("notes", sa.Column("id", sa.Integer()))"""
CHILDREN = """\
op.execute("CREATE TABLE users (id INTEGER PRIMARY KEY)")
    op.execute("CREATE TABLE posts (owner INTEGER REFERENCES users (id) ON DELETE CASCADE)")
    op.execute("INSERT INTO users VALUES (1), (2)")
    op.execute("INSERT INTO posts VALUES (1), (2), (2)")"""
ON = """\
from sqlalchemy import event

    @event.listens_for(engine, "connect")
    def keys(driver, _record):
        driver.execute("PRAGMA foreign_keys=ON")

    with engine.connect() as connection:"""


def cascading(folder: Path, up: str) -> None:
    """Users with posts that go when their owner goes, foreign keys on as an application has them."""
    env_py = ENV_PY.replace("with engine.connect() as connection:", ON.replace("\n    ", "\n    ", 1))
    assert env_py != ENV_PY
    chain(folder, up, env_py=env_py)
    write_revision(folder, "aaa111", None, "users", up=CHILDREN)


@pytest.mark.parametrize("end", ["", '\n    op.execute("PRAGMA foreign_keys=ON")'], ids=["off", "off and on"])
def test_batch_mode_with_foreign_keys_off_eats_no_rows(folder: Path, end: str) -> None:
    cascading(folder, KEYS + end)
    run()
    after = left(folder)
    assert after["rows"]["posts"] == [(1,), (2,), (2,)]  # type: ignore[index]
    assert after["rows"]["users"] == [(1, "x"), (2, "x")]  # type: ignore[index]


def test_foreign_keys_turned_on_at_the_end_do_not_divide_the_step(folder: Path) -> None:
    up = 'op.execute("PRAGMA foreign_keys=OFF")\n    op.create_table("notes", sa.Column("id", sa.Integer()))'
    cascading(folder, f'{up}\n    op.execute("PRAGMA foreign_keys=ON"){FAIL}')
    outcome = run(status=5)
    assert names(folder) == {"alembic_version", "users", "posts"} | {"sqlite_autoindex_alembic_version_1"}
    assert "committed in parts" not in outcome.err


def test_foreign_keys_are_what_the_revision_made_them(folder: Path) -> None:
    """Behind a statement that would have committed by itself, turning them on works, and the rest is checked."""
    up = """\
op.execute("PRAGMA foreign_keys=OFF")
    op.create_table("notes", sa.Column("id", sa.Integer()))
    op.execute("PRAGMA foreign_keys=ON")
    op.execute("INSERT INTO posts VALUES (99)")"""
    cascading(folder, up)
    outcome = run(status=5)
    assert "FOREIGN KEY" in outcome.document["failed"]["error"]
    assert "notes" in names(folder)
    assert "committed in parts" in outcome.err
    assert "to go on behind it; or undo it by hand and add --afresh" in outcome.err


@pytest.mark.parametrize("statement", ["VACUUM", "PRAGMA journal_mode = WAL", "ATTACH ':memory:' AS other"])
def test_what_works_outside_a_transaction_only(folder: Path, statement: str) -> None:
    up = f'op.create_table("notes", sa.Column("id", sa.Integer()))\n    op.execute({statement!r})'
    chain(folder, up)
    outcome = limbeck("upgrade")
    assert outcome.status == 0, outcome.err
    assert f"committed in parts, since it works outside a transaction only: {statement}" in outcome.err
    assert "notes" in names(folder)


def test_what_the_driver_refuses_too(folder: Path) -> None:
    """Behind an INSERT the driver is in a transaction of its own, as without limbeck."""
    chain(folder, 'op.execute("INSERT INTO users VALUES (1)")\n    op.execute("VACUUM")')
    outcome = run(status=5)
    assert "within a transaction" in outcome.document["failed"]["error"]


def test_an_autocommit_block_is_left_alone(folder: Path) -> None:
    block = """\
with op.get_context().autocommit_block():
        op.create_table("notes", sa.Column("id", sa.Integer()))
        op.execute("VACUUM")"""
    chain(folder, block + FAIL)
    outcome = run(status=5)
    assert "notes" in names(folder)
    assert "to go on behind it; or undo it by hand and add --afresh" in outcome.err
    chain(folder, 'op.drop_table("notes")')
    run("--afresh")
    assert "notes" not in names(folder)


def test_savepoints(folder: Path) -> None:
    up = """\
bind = op.get_bind()
    with bind.begin_nested():
        op.create_table("notes", sa.Column("id", sa.Integer()))
    nested = bind.begin_nested()
    op.create_table("gone", sa.Column("id", sa.Integer()))
    nested.rollback()"""
    chain(folder, up + FAIL)
    run(status=5)
    assert "notes" not in names(folder)
    chain(folder, up)
    run()
    assert {"notes"} == names(folder) & {"notes", "gone"}


@pytest.mark.parametrize("way", ["op.get_bind().rollback()", "op.get_bind().connection.rollback()"])
def test_a_step_that_rolls_back_is_not_recorded(folder: Path, way: str) -> None:
    chain(folder, f'op.create_table("notes", sa.Column("id", sa.Integer()))\n    {way}')
    outcome = run(status=5)
    assert outcome.document["current"] == ["aaa111"]
    assert "rolled back its own connection" in outcome.err


def test_a_script_of_the_driver(folder: Path) -> None:
    """It commits what was before it, and each of its statements."""
    script = 'op.get_bind().connection.executescript("CREATE TABLE a (b); CREATE TABLE c (d);")'
    chain(folder, f'op.create_table("notes", sa.Column("id", sa.Integer()))\n    {script}')
    run()
    assert {"notes", "a", "c"} <= names(folder)


def test_a_rollback_by_sqlite_itself_is_not_hidden(folder: Path) -> None:
    up = """\
op.execute("CREATE TABLE notes (id INTEGER UNIQUE ON CONFLICT ROLLBACK)")
    op.execute("INSERT INTO notes VALUES (1)")
    try:
        op.execute("INSERT INTO notes VALUES (1)")
    except Exception:
        pass"""
    chain(folder, up)
    outcome = run(status=5)
    assert (outcome.document["current"], "notes" in names(folder)) == (["aaa111"], False)


def test_a_transaction_of_env_py(folder: Path) -> None:
    chain(folder, BATCH + FAIL, env_py=ENV_PY.replace("engine.connect()", "engine.begin()"))
    assert run(status=5).document["current"] == []
    assert names(folder) <= {"alembic_version", "sqlite_autoindex_alembic_version_1"}


OWN_BEGIN = """\
from sqlalchemy import event

    @event.listens_for(engine, "connect")
    def off(driver, _record):
        driver.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN")

    with engine.connect() as connection:"""


def test_an_env_py_that_begins_by_itself(folder: Path) -> None:
    """SQLAlchemy's own advice for SQLite."""
    env_py = ENV_PY.replace("with engine.connect() as connection:", OWN_BEGIN)
    chain(folder, BATCH + FAIL, env_py=env_py)
    run(status=5)
    assert "notes" not in names(folder)
    chain(folder, BATCH, env_py=env_py)
    assert run().document["current"] == ["bbb222"]


@pytest.fixture
def other(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / "app.db", isolation_level=None)) as connection:
        yield connection


def test_reading_takes_no_lock(folder: Path, other: sqlite3.Connection) -> None:
    """A step that only reads does not keep others from writing."""
    up = """\
import sqlite3
    assert op.get_bind().execute(sa.text("SELECT count(*) FROM users")).scalar() == 0
    with sqlite3.connect("app.db", timeout=0) as another:
        another.execute("INSERT INTO users VALUES (7)")
    another.close()"""
    chain(folder, up)
    run()
    assert other.execute("SELECT id FROM users").fetchall() == [(7,)]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`autocommit` of sqlite3 came with Python 3.12")
def test_a_driver_that_is_always_in_a_transaction(folder: Path) -> None:
    chain(
        folder,
        BATCH + FAIL,
        env_py=ENV_PY.replace("pool.NullPool", "pool.NullPool, connect_args={'autocommit': False}"),
    )
    run(status=5)
    assert "notes" not in names(folder)

"""After each step, what it has created is looked for on another connection."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.command import Outcome, limbeck
from tests.cli.projects import ENV_PY
from tests.run.postgresql_chain import BLOCK, chain, connect, value

EVERYTHING = """\
op.execute("CREATE SCHEMA app")
    op.execute("CREATE TYPE app.mood AS ENUM ('ok')")
    op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), schema="app")
    op.create_index("by_id", "users", ["id"], schema="app")
    op.execute('CREATE VIEW "All %" AS SELECT * FROM app.users')
    op.execute("CREATE TABLE gone (); DROP TABLE gone; CREATE TABLE old (); ALTER TABLE old RENAME TO new")
    op.execute("CREATE TEMP TABLE t () ON COMMIT DROP")"""
# A callback that takes the step back and writes the version row all the same.
BACK = """\
def back(ctx, step, heads, run_args):
    if "r2" in heads:
        ctx.connection.exec_driver_sql("ROLLBACK AND CHAIN")
        ctx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'r2'")

"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def upgrade(*words: str, status: int = 0) -> Outcome:
    outcome = limbeck("upgrade", *words)
    assert outcome.status == status, outcome.err
    return outcome


def taking_back(folder: Path) -> None:
    env_py = ENV_PY.replace("connection=connection", "connection=connection, on_version_apply=back")
    (folder / "migrations" / "env.py").write_text(env_py.replace("url = ", BACK + "url = ", 1))


@pytest.mark.parametrize("mode", ["revision", "run"])
def test_what_is_there_is_found(folder: Path, database_url: str, mode: str) -> None:
    chain(folder, database_url, EVERYTHING, "op.execute('DROP SCHEMA app CASCADE')", 'op.execute("CREATE TABLE t ()")')
    upgrade("--transaction", mode)


# A trigger that waits for the COMMIT, and drops then what was there before it.
AT_COMMIT = """\
op.execute("CREATE TABLE rows (id int)")
    op.execute("CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS "
               "'BEGIN DROP SCHEMA app CASCADE; RETURN NULL; END'")
    op.execute("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON rows DEFERRABLE INITIALLY DEFERRED "
               "FOR EACH ROW EXECUTE FUNCTION gone()")"""


def test_what_is_not_there_stops_the_run(folder: Path, database_url: str) -> None:
    insert = '\n    op.execute("INSERT INTO rows VALUES (1)")'
    chain(folder, database_url, AT_COMMIT, EVERYTHING + insert, 'op.execute("CREATE TABLE t ()")')
    outcome = upgrade(status=5)
    told = "schema app, type app.mood, table app.users, index app.by_id, view All %"
    assert f"what this run has created is not in the database: {told}" in outcome.err
    assert "database is at r2" in outcome.out
    with closing(connect(database_url)) as connection:
        assert value(connection, "SELECT version_num FROM alembic_version") == "r2"
        events = (
            "SELECT string_agg(revision || ' ' || event, ', ' ORDER BY id) FROM limbeck_journal WHERE event ~ 'step'"
        )
        told = "r1 step started, r1 step done, r2 step started, r2 step rolled back"
        assert value(connection, events) == told


def test_what_is_taken_back_behind_the_step_is_not_recorded(folder: Path, database_url: str) -> None:
    chain(folder, database_url, "pass", EVERYTHING, 'op.execute("CREATE TABLE t ()")')
    taking_back(folder)
    outcome = upgrade(status=5)
    assert "upgrade stopped at r2: the revision rolled back its own connection, and what it had" in outcome.err
    assert "database is at r1" in outcome.out
    with closing(connect(database_url)) as connection:
        assert value(connection, "SELECT version_num FROM alembic_version") == "r1"


def test_what_a_temporary_table_hides_is_not_looked_for(folder: Path, database_url: str) -> None:
    hidden = 'op.execute("CREATE TABLE t ()")\n    op.execute("CREATE TEMP TABLE t () ON COMMIT DROP")'
    chain(folder, database_url, hidden, "op.drop_table('t')")
    upgrade()


def test_parts_that_commit_by_themselves(folder: Path, database_url: str) -> None:
    create = 'op.execute("CREATE INDEX CONCURRENTLY by_id ON users (id)")'
    chain(folder, database_url, f'op.execute("CREATE TABLE users (id int)")\n    {BLOCK}{create}')
    upgrade()


def test_another_search_path(folder: Path, database_url: str) -> None:
    """What is created beneath another path is found by its own name, or not looked for."""
    up = """\
op.execute("SET LOCAL search_path = app")
    op.execute("CREATE TABLE public.t (); CREATE TABLE u ()")
    op.execute("SET LOCAL search_path = public")"""
    chain(folder, database_url, 'op.execute("CREATE SCHEMA app")', up)
    upgrade()


def test_sqlite(folder: Path) -> None:
    chain(
        folder, "sqlite:///app.db", 'op.create_table("users", sa.Column("id", sa.Integer()))', "op.drop_table('users')"
    )
    upgrade()


@pytest.mark.mariadb
def test_mariadb(folder: Path, mariadb_url: str) -> None:
    up = 'op.create_table("Users", sa.Column("id", sa.Integer()))\n    op.create_index("by_id", "Users", ["id"])'
    chain(folder, mariadb_url, up, 'op.rename_table("Users", "people")')
    upgrade()

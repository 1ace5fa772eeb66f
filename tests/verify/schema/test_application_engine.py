"""An engine that the application makes when it is imported keeps its connections; `env.py` runs more than once."""

from __future__ import annotations

import re
from pathlib import Path
from secrets import token_hex

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool

from limbeck.environment.kept_connections import RunConnections
from tests.cli.command import limbeck
from tests.cli.projects import ASYNC_ENV_PY, ENV_PY, write_project, write_revision
from tests.verify.schema.projects import SchemaProject

_MADE = re.compile(r"^ *engine = .*\n", re.MULTILINE)
_CONCURRENTLY = """\
with op.get_context().autocommit_block():
        op.{}_index("ix_users_name", {}postgresql_concurrently=True)"""
_KINDS = [("psycopg", "QueuePool"), ("psycopg", "StaticPool"), ("asyncpg", "AsyncAdaptedQueuePool")]


@pytest.fixture(params=_KINDS, ids=["pooled", "static", "async"])
def application(project: SchemaProject, request: pytest.FixtureRequest) -> SchemaProject:
    """A project whose `env.py` takes the application's engine: a table, an index, a type that is left behind."""
    driver, pool = request.param
    module = f"application_{token_hex(6)}"  # an import stays in the process
    url = make_url(project.url).set(drivername=f"postgresql+{driver}").render_as_string(hide_password=False)
    is_async = driver == "asyncpg"
    imported, made = ("ext.asyncio", "create_async_engine") if is_async else ("engine", "create_engine")
    (project.folder / f"{module}.py").write_text(
        f"import sqlalchemy.pool\nfrom sqlalchemy.{imported} import {made}\n"
        f"engine = {made}({url!r}, poolclass=sqlalchemy.pool.{pool})\n"
    )
    env_py, count = _MADE.subn("", ASYNC_ENV_PY if is_async else ENV_PY)
    assert count == 1
    write_project(project.folder, url, f"from {module} import engine\n{env_py}")
    with (project.folder / "alembic.ini").open("a") as ini:
        ini.write("prepend_sys_path = %(here)s\npath_separator = os\n")
    users = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))'
    write_revision(project.folder, "aaa111", None, "users", up=users, down_code='op.drop_table("users")')
    up, down = _CONCURRENTLY.format("create", '"users", ["name"], '), _CONCURRENTLY.format("drop", "")
    write_revision(project.folder, "bbb222", "aaa111", "index", up=up, down_code=down)
    mood = "op.execute(\"CREATE TYPE mood AS ENUM ('a')\"); op.add_column('users', sa.Column('age', sa.Integer))"
    write_revision(project.folder, "ccc333", "bbb222", "mood", up=mood, down_code="op.drop_column('users', 'age')")
    return project


def test_each_database_of_a_proof_gets_connections_of_its_own(application: SchemaProject) -> None:
    outcome = limbeck("verify", "--jobs", "1")
    assert "3 revisions proved" in outcome.out, outcome
    assert "ccc333" in outcome.out.partition("\n")[0]
    assert "leaves enum public.mood behind" in outcome.out
    assert outcome.out.splitlines()[-1] == "1 error"


def test_the_chain_is_never_run_on_the_database_that_was_asked_before(application: SchemaProject) -> None:
    assert limbeck("upgrade", "aaa111", "-q").status == 0
    outcome = limbeck("drift")
    assert (outcome.status, outcome.out.splitlines()[-1]) == (0, "no differences"), outcome
    application.by_hand("DROP TABLE users", "DELETE FROM alembic_version")
    assert limbeck("drift").status == 0
    outcome = limbeck("match")
    assert (outcome.status, "base" in outcome.out) == (0, True), outcome
    application.by_hand("CREATE TABLE users (id integer)")  # fails where something is there


def test_runs_follow_each_other_in_one_process(application: SchemaProject) -> None:
    down = ("downgrade", "base", "--yes")
    for words in (("upgrade", "bbb222"), ("plan",), ("lint", "--all", "-q"), ("upgrade",), down):
        assert limbeck(*words).status in (0, 1), words
    outcome = limbeck("current")
    assert "current:  base" in outcome.out, outcome
    application.by_hand("CREATE TABLE users (id integer)")  # fails where something is left


def test_a_connection_from_before_is_not_given_where_it_would_lead_elsewhere(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'application.db'}", poolclass=StaticPool)
    with engine.connect() as before:
        first = before.connection.dbapi_connection
    with RunConnections(led=False) as run, engine.connect() as own:
        assert own.connection.dbapi_connection is first, "the application's stay as they are"
        assert not run.has_opened(own)
    with RunConnections(led=True) as run, engine.connect() as other:
        assert other.connection.dbapi_connection is not first
        assert run.has_opened(other)
        second = other.connection.dbapi_connection
    with engine.connect() as after:
        assert after.connection.dbapi_connection is not second, "a run keeps nothing"
        assert after.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()

"""Roles belong to the server: those that production has are made up, those that a rehearsal made are there already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from limbeck.scratch import Server, start_server
from tests.cli.projects import ENV_PY
from tests.lint.projects import LintProject

_CONFIGURES = "        context.configure(connection=connection)"
_NAMES = ("shop_reader", "shop_writer", "shop_owner", "Shop Keeper", "shop_app")


@pytest.fixture(autouse=True)
def _no_roles(postgres_server: Server) -> Iterator[None]:
    yield
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        databases = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'limbeck%tests%'").fetchall()
        for (name,) in databases:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        for name in _NAMES:
            connection.execute(f'DROP ROLE IF EXISTS "{name}"'.encode())


@pytest.mark.parametrize(
    "code",
    [
        "op.execute('GRANT SELECT ON orders TO shop_reader, \"Shop Keeper\"')",
        "op.execute('REVOKE ALL ON orders FROM GROUP shop_reader')",
        "op.execute('ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner GRANT SELECT ON TABLES TO shop_reader')",
        "op.execute('DO $$ BEGIN GRANT SELECT ON orders TO shop_reader; END $$')",
        "op.execute('CREATE SCHEMA of_shop AUTHORIZATION shop_owner')",
        "op.execute('GRANT shop_reader TO shop_writer')",
        "op.execute('SET LOCAL ROLE shop_owner')\nop.execute('CREATE TABLE of_owner (id int PRIMARY KEY)')",
        "op.execute('DROP ROLE IF EXISTS shop_reader')\nop.execute('CREATE ROLE shop_reader')",
        "op.execute('CREATE ROLE shop_app; GRANT SELECT ON orders TO shop_app')",
        "with op.get_context().autocommit_block():\n    op.execute('GRANT SELECT ON orders TO shop_reader')",
    ],
)
def test_a_role_that_no_revision_makes(code: str, tmp_path: Path, postgres_server: Server) -> None:
    project = LintProject(tmp_path / "project")
    assert [each.rule for each in project.findings(project.add(code), postgres_server)] == []


def test_a_chain_that_makes_a_role_is_measured_again(tmp_path: Path, postgres_server: Server) -> None:
    code = """\
def upgrade():
    op.execute("CREATE ROLE shop_app NOLOGIN")
    op.execute("GRANT SELECT ON orders TO shop_app")


def downgrade():
    op.execute("REVOKE SELECT ON orders FROM shop_app")
    op.execute("DROP ROLE shop_app")
"""
    for folder in ("first", "second"):
        project = LintProject(tmp_path / folder, given=f"op.execute('COMMENT ON TABLE orders IS $${folder}$$')")
        assert [each.message for each in project.findings(project.add(code), postgres_server)] == []


def test_what_is_no_role_is_not_made_one(tmp_path: Path, postgres_server: Server) -> None:
    project = LintProject(tmp_path / "project", given="op.execute('CREATE POLICY own ON orders USING (true)')")
    added = project.add("op.execute('ALTER POLICY own ON orders RENAME TO shop_reader')")
    project.findings(added, postgres_server)
    with psycopg.connect(postgres_server.url()) as connection:
        assert connection.execute("SELECT rolname FROM pg_roles WHERE rolname = 'shop_reader'").fetchall() == []


@pytest.mark.parametrize(("name", "mighty"), [("limbeck", True), ("theirs", False)])
def test_what_a_role_may_on_whose_server(name: str, mighty: bool, tmp_path: Path) -> None:
    """It stays: on a server that is not limbeck's own it may do nothing."""
    with start_server(settings={"cluster_name": name}) as server:
        project = LintProject(tmp_path / "project")
        project.findings(project.add('op.execute("GRANT SELECT ON orders TO shop_reader")'), server)
        with psycopg.connect(server.url()) as connection:
            of_role = "SELECT rolsuper, rolcanlogin FROM pg_roles WHERE rolname = 'shop_reader'"
            assert connection.execute(of_role).fetchall() == [(mighty, False)]


@pytest.mark.parametrize(
    "code",
    [
        'connection.execute(text("SET ROLE shop_owner"))',
        'connection.exec_driver_sql("SET SESSION AUTHORIZATION shop_app")',
        'connection.execute(text("SET ROLE shop_owner")); connection.commit()',
    ],
)
def test_a_role_that_env_py_sets(code: str, tmp_path: Path, postgres_server: Server) -> None:
    env_py = "from sqlalchemy import text\n" + ENV_PY.replace(_CONFIGURES, f"        {code}\n{_CONFIGURES}")
    assert code in env_py
    project = LintProject(tmp_path / "project", env_py=env_py)
    added = project.add('op.add_column("orders", sa.Column("source", sa.Text()))')
    facts = project.facts(added, postgres_server)
    assert [each.unmeasured for each in facts.values()] == [None]
    assert [len(each.statements) for each in facts.values()] == [1]

"""The chain: up, down and up again, the same schema by every road, and nothing left behind."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from sqlalchemy import Connection, NullPool, create_engine, text

import kronos.database
from kronos.chain import Step, current, downgrade, row_counts, undone_by, upgrade
from kronos.errors import ConfigurationError, MigrationError, UnreachableError
from kronos.models import Base

HEAD = "4c1e9a7f52d8"
STEP = Step(HEAD, "create users table")

Catalogue = Callable[[Connection], Sequence[str]]
Command = Callable[..., Any]


def add_users(connection: Connection, number: int) -> None:
    with connection.begin():
        connection.execute(
            text("INSERT INTO users (email) SELECT format('user%s@example.org', n) FROM generate_series(1, :number) n"),
            {"number": number},
        )


def test_one_revision_creates_users(server: Path) -> None:
    (path,) = (server / "migrations" / "versions").glob("*.py")
    assert re.fullmatch(rf"\d{{4}}_\d\d_\d\d_\d{{4}}_{HEAD}_create_users_table\.py", path.name)


def test_the_revision_imports_nothing_of_the_application(server: Path) -> None:
    (path,) = (server / "migrations" / "versions").glob("*.py")
    found = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in found if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in found if isinstance(node, ast.ImportFrom)}
    assert names == {"__future__", "collections.abc", "sqlalchemy", "alembic"}


def test_up_down_and_up_again_with_rows(connection: Connection, catalogue: Catalogue) -> None:
    assert upgrade(connection) == (STEP,)
    first = catalogue(connection)
    add_users(connection, 3)
    assert row_counts(connection) == (("users", 3),)
    assert downgrade(connection) == (STEP,)
    assert catalogue(connection) == ()
    assert row_counts(connection) == ()
    assert upgrade(connection) == (STEP,)
    assert catalogue(connection) == first
    assert row_counts(connection) == (("users", 0),)


def test_a_second_upgrade_runs_nothing(migrated: Connection) -> None:
    assert upgrade(migrated) == ()
    assert current(migrated) == (HEAD,)


def test_the_models_and_the_chain_build_the_same_schema(connection: Connection, catalogue: Catalogue) -> None:
    upgrade(connection)
    built = catalogue(connection)
    downgrade(connection)
    with connection.begin():
        Base.metadata.create_all(connection)
    assert catalogue(connection) == built
    with connection.begin():
        Base.metadata.drop_all(connection)
    assert catalogue(connection) == ()


def test_everything_built_has_the_name_it_was_given(migrated: Connection, catalogue: Catalogue) -> None:
    named = [line.split()[1] for line in catalogue(migrated) if line.startswith(("constraint", "relation"))]
    # PostgreSQL 18 lists each NOT NULL as a constraint, under a name of its own.
    assert {name for name in named if not name.endswith("_not_null")} == {
        "users",
        "pk_users",
        "ck_users_email_min_length",
        "ix_users_email",
        "ix_users_is_active",
        "ix_users_created_at",
        "ix_users_updated_at",
    }
    assert sum("users_set_updated_at" in line for line in catalogue(migrated)) == 2  # the trigger and its function


@pytest.mark.parametrize(
    ("target", "steps"), [("base", (STEP,)), ("-1", (STEP,)), (HEAD, ()), (HEAD[:4], ()), ("head", ())]
)
def test_what_a_downgrade_would_undo_is_what_it_undoes(
    migrated: Connection, target: str, steps: tuple[Step, ...]
) -> None:
    assert undone_by(migrated, target) == steps
    assert downgrade(migrated, target) == steps


@pytest.mark.parametrize("target", ["nope", "-2"])
def test_a_target_that_no_downgrade_reaches_is_refused(migrated: Connection, target: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^no downgrade leads from {HEAD} to '{target}'$"):
        undone_by(migrated, target)


def test_a_revision_without_a_file_is_refused(migrated: Connection) -> None:
    with migrated.begin():
        migrated.execute(text("UPDATE alembic_version SET version_num = 'f00'"))
    for attempt in (upgrade, downgrade, lambda connection: undone_by(connection, "base")):
        with pytest.raises(ConfigurationError, match=r"^the database is at revision 'f00', which has no file"):
            attempt(migrated)


def test_a_failed_migration_changes_nothing(connection: Connection, catalogue: Catalogue) -> None:
    with connection.begin():
        connection.execute(text("CREATE FUNCTION users_set_updated_at() RETURNS int LANGUAGE sql AS 'SELECT 1'"))
    before = catalogue(connection)
    with pytest.raises(MigrationError, match=r'rolled back: function "users_set_updated_at" already exists'):
        upgrade(connection)
    assert catalogue(connection) == before
    assert current(connection) == ()


def test_a_migration_waits_for_another_and_gives_up(
    connection: Connection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.begin():
        connection.execute(text("SET statement_timeout = '20s'"))  # a bound for this test, should there be no other
    with create_engine(database_url, poolclass=NullPool).connect() as other:
        kronos.database.take_migration_lock(other)
        monkeypatch.setattr(kronos.database, "LOCK_TIMEOUT", 0.05)
        with pytest.raises(UnreachableError, match="another migration has held this database"):
            upgrade(connection)
        other.rollback()
        assert upgrade(connection) == (STEP,)


def test_four_servers_that_start_at_once_all_succeed(start: Callable[..., Popen[str]], connection: Connection) -> None:
    processes = [start("init_db.py") for _ in range(4)]
    endings = [(process.communicate(timeout=60), process.returncode) for process in processes]
    assert [code for _, code in endings] == [0, 0, 0, 0]
    assert sum(f"applied {HEAD}" in out for (out, _), _ in endings) == 1
    assert current(connection) == (HEAD,)


def test_the_sql_written_offline_does_the_same(
    run: Command, database_url: str, connection: Connection, catalogue: Catalogue
) -> None:
    def play(*arguments: str) -> Sequence[str]:
        written = run("-m", "alembic", *arguments, "--sql", url=None)
        assert written.code == 0, written.err
        with create_engine(database_url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as psql:
            psql.exec_driver_sql(written.out)
        return catalogue(connection)

    by_sql = play("upgrade", "head")
    assert current(connection) == (HEAD,)
    assert play("downgrade", f"{HEAD}:base") == ()
    assert upgrade(connection) == (STEP,)
    assert catalogue(connection) == by_sql

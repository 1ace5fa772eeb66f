"""Where the transaction is not the step's own, all of env.py runs again, or nothing does."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.model.bounds import Bounds
from limbeck.model.duration import Duration
from limbeck.model.errors import LimbeckError, LockNotHad, RunStopped
from tests.cli.projects import ENV_PY, write_revision
from tests.run.runs import DURING, SEEN_AND_REFUSED, Patience, Told, asked, run, somebody

READ = "SELECT * FROM users"
ALTER = 'op.execute("ALTER TABLE users ADD name text")'
AGAIN = "a lock was not had: all was rolled back, to be tried again for 30 s at most"
VERSION = "SELECT version_num FROM alembic_version"
SHORT = Bounds(Duration("400ms"), Duration("400ms"))
CALL = "from tests.run.runs import DURING; DURING[0]()"


def env_py(folder: Path, old: str, new: str) -> None:
    before, found, after = ENV_PY.rpartition(old)
    assert found
    (folder / "migrations" / "env.py").write_text(before + new + after)


@pytest.mark.parametrize("how", ["env.py", "--transaction run", "set local"])
def test_one_transaction(folder: Path, database_url: str, how: str) -> None:
    if how == "env.py":
        env_py(folder, "engine.connect()", "engine.begin()")
    if how == "set local":
        env_py(
            folder,
            "            context.run_migrations()",
            "            context.execute('SET LOCAL search_path TO public')\n            context.run_migrations()",
        )
    write_revision(folder, "ccc333", "bbb222", "create parcels", up=ALTER)
    with somebody(database_url) as other:
        other.exec_driver_sql(READ)
        told = Told("to be tried again", other.rollback)
        result = run(folder, told, transaction="run" if how.endswith("run") else None)
    assert AGAIN in told.remarks
    assert [step.revision for step in result.applied] == ["bbb222", "ccc333"]
    assert told.begun == ["bbb222", "ccc333"]
    assert asked(database_url, "SELECT count(name) FROM users") == 0


def test_one_transaction_that_is_never_had(folder: Path, database_url: str) -> None:
    env_py(folder, "engine.connect()", "engine.begin()")
    write_revision(folder, "ccc333", "bbb222", "create parcels", up=ALTER)
    with somebody(database_url) as other:
        other.exec_driver_sql(READ)
        patience = Patience()
        with pytest.raises(LockNotHad) as stopped:
            run(folder, Told(SEEN_AND_REFUSED, patience.ends), bounds=SHORT, patience=patience)
    assert "; tried " in stopped.value.message
    assert "held by pid" in stopped.value.message
    assert stopped.value.result.pending == ("bbb222", "ccc333")
    assert asked(database_url, VERSION) == "aaa111"


def test_an_autocommit_part_in_one_transaction(folder: Path, database_url: str) -> None:
    """What came before the block is committed with it, so that to begin anew would repeat it."""
    block = 'with op.get_context().autocommit_block():\n        op.execute("CREATE TABLE orders (id int)")'
    write_revision(folder, "bbb222", "aaa111", "create orders", up=block)
    write_revision(folder, "ccc333", "bbb222", "create parcels", up='op.execute("SELECT 1")\n    ' + ALTER)
    with somebody(database_url) as other:
        other.exec_driver_sql(READ)
        with pytest.raises(RunStopped) as stopped:
            run(folder, Told(), bounds=SHORT, transaction="run")
    assert stopped.value.exit_code == 5
    assert "not tried again, since part of the step is committed" in stopped.value.message


def test_the_version_table_cannot_be_read(folder: Path, database_url: str) -> None:
    with somebody(database_url) as other:
        other.exec_driver_sql("LOCK TABLE alembic_version")
        told = Told(SEEN_AND_REFUSED, other.rollback)
        run(folder, told)
        assert told.remark_of("waiting for a lock").startswith("waiting for a lock: held by pid")
        other.exec_driver_sql("LOCK TABLE alembic_version")
        patience = Patience()
        with pytest.raises(LimbeckError) as refused:
            run(folder, Told(SEEN_AND_REFUSED, patience.ends), bounds=SHORT, patience=patience)
    assert refused.value.exit_code == 4
    assert "; tried " in refused.value.message
    assert "held by pid" in refused.value.message


def test_the_version_row_cannot_be_written(folder: Path, database_url: str) -> None:
    write_revision(folder, "bbb222", "aaa111", "create orders", up=f'op.execute("CREATE TABLE orders ()")\n    {CALL}')
    with somebody(database_url) as other:
        calls: list[int] = []

        def lock() -> None:
            if not calls:
                other.exec_driver_sql("LOCK TABLE alembic_version IN SHARE MODE")
            calls.append(1)

        DURING[:] = [lock]
        told = Told("to be tried again", other.rollback)
        result = run(folder, told)
    assert AGAIN in told.remarks
    assert len(calls) == 2
    assert [step.revision for step in result.applied] == ["bbb222", "ccc333"]


TENANTS = """\
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
for tenant in ("one", "two"):
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL search_path TO {tenant}, public")
        context.configure(connection=connection, version_table_schema=tenant)
        with context.begin_transaction():
            context.run_migrations()
"""


def test_tenants_that_are_done_are_not_done_again(folder: Path, database_url: str) -> None:
    with somebody(database_url) as connection:
        for tenant in ("one", "two"):
            connection.exec_driver_sql(f"CREATE SCHEMA {tenant}")
        connection.exec_driver_sql("CREATE TABLE two.locked (id int)")
        connection.commit()
    (folder / "migrations" / "env.py").write_text(TENANTS)
    write_revision(
        folder, "bbb222", "aaa111", "create orders", up='op.execute("ALTER TABLE IF EXISTS locked ADD a int")'
    )
    with somebody(database_url) as other:
        other.exec_driver_sql("SELECT * FROM two.locked")
        told = Told("to be tried again", other.rollback)
        result = run(folder, told)
    assert AGAIN in told.remarks
    assert [step.revision for step in result.applied] == ["aaa111", "bbb222", "ccc333"] * 2
    for tenant in ("one", "two"):
        assert asked(database_url, f"SELECT version_num FROM {tenant}.alembic_version") == "ccc333"

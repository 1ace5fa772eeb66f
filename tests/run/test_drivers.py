"""Waits with every driver: what is seen while a statement waits is seen by another thread, or in another task."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from limbeck.model.errors import RunStopped
from tests.cli.projects import ASYNC_ENV_PY, ENV_PY, write_revision
from tests.conftest import demand_or_skip
from tests.run.runs import LONG, SEEN_AND_REFUSED, UNTIL_LET, Told, asked, run, somebody, until_let

DRIVERS = ["psycopg", "psycopg2", "psycopg async", "asyncpg"]


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("begin", ["connect", "begin"])
def test_a_lock_that_is_had_later(folder: Path, database_url: str, driver: str, begin: str) -> None:
    drive(folder, database_url, driver, begin)
    up = 'op.execute("ALTER TABLE users ADD name text")'
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    write_revision(folder, "ccc333", "bbb222", "create parcels", up=f"op.execute({UNTIL_LET!r})")
    with somebody(database_url) as other, until_let(database_url) as let:
        other.exec_driver_sql("SELECT * FROM users WHERE 'secret' <> ''")

        def let_go() -> None:
            other.rollback()
            told.hear("went through", lambda: told.hear(f"^{LONG}$", let))

        told = Told(SEEN_AND_REFUSED, let_go)
        result = run(folder, told)
    assert [step.revision for step in result.applied] == ["bbb222", "ccc333"]
    assert asked(database_url, "SELECT count(name) FROM users") == 0
    waiting = told.remark_of("waiting for a lock")
    assert waiting.startswith("waiting for a lock: held by pid"), told.remarks
    assert "SELECT * FROM users WHERE ? <> ?" in waiting
    assert told.remarks[-1].startswith("went through at try ")
    assert [text for text in told.progress_told if "waiting" not in text], "the long statement"


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_step_that_failed_half_way_is_gone_on_with(folder: Path, database_url: str, driver: str) -> None:
    drive(folder, database_url, driver, "connect")
    parts = (
        *(
            "op.add_column('users', sa.Column('n', sa.Integer()))",
            "op.execute('INSERT INTO users (id, n) VALUES (1, 0)')",
        ),
        "with op.get_context().autocommit_block():",
        "    op.execute('UPDATE users SET n = n + 1')",
        "    op.create_index('users_n', 'users', ['n'], postgresql_concurrently=True)",
        "op.execute('UPDATE users SET n = n + 10')",
    )
    write_revision(folder, "bbb222", "aaa111", "create orders", up="\n    ".join((*parts, "op.execute('SELECT 1/0')")))
    with pytest.raises(RunStopped):
        run(folder, Told(), journal="limbeck_journal")
    assert asked(database_url, "SELECT n FROM users") == 1
    write_revision(folder, "bbb222", "aaa111", "create orders", up="\n    ".join(parts))
    told = Told()
    result = run(folder, told, journal="limbeck_journal")
    assert [step.revision for step in result.applied] == ["bbb222", "ccc333"]
    assert "4 statements of it are done" in told.remarks[0]
    assert asked(database_url, "SELECT n FROM users") == 11


def drive(folder: Path, database_url: str, driver: str, begin: str) -> None:
    """Let the project's env.py use that driver."""
    name, _, is_async = driver.partition(" ")
    if importlib.util.find_spec(name) is None:
        demand_or_skip(f"{name} is not installed")
    url = database_url.replace("+psycopg", f"+{name}")
    env_py = ASYNC_ENV_PY if is_async or name == "asyncpg" else ENV_PY
    (folder / "migrations" / "env.py").write_text(env_py.replace("engine.connect()", f"engine.{begin}()"))
    ini = folder / "alembic.ini"
    ini.write_text(ini.read_text().replace(database_url, url))

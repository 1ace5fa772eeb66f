"""SQLite waits by its own `busy_timeout`, in each try."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.model.bounds import Bounds
from limbeck.model.duration import Duration
from limbeck.model.errors import LockNotHad
from tests.cli.projects import ENV_PY, line, write_revision
from tests.run.runs import Told, asked, run, somebody


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a project's database at its first revision of three, where nobody waits for long."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    address = f"sqlite:///{tmp_path}/app.db"
    line(tmp_path, address)
    env_py = ENV_PY.replace("create_engine(url,", "create_engine(url, connect_args={'timeout': 0.02},")
    (tmp_path / "migrations" / "env.py").write_text(env_py)
    run(tmp_path, Told(), target="aaa111")
    return address


@pytest.mark.parametrize("statement", ["CREATE TABLE orders (id int)", "INSERT INTO users VALUES (2)"])
def test_a_database_that_is_busy(tmp_path: Path, url: str, statement: str) -> None:
    write_revision(tmp_path, "bbb222", "aaa111", "create orders", up=f"op.execute({statement!r})")
    with somebody(url) as other:
        other.exec_driver_sql("INSERT INTO users VALUES (1)")
        told = Told("to be tried again", other.rollback)
        result = run(tmp_path, told)
    assert told.remarks[0] == "a lock was not had: the step was rolled back, to be tried again for 30 s at most"
    assert [step.revision for step in result.applied] == ["bbb222", "ccc333"]
    assert asked(url, "SELECT version_num FROM alembic_version") == "ccc333"


def test_nothing_is_changed_when_the_tries_are_used_up(tmp_path: Path, url: str) -> None:
    with somebody(url) as other:
        other.exec_driver_sql("INSERT INTO users VALUES (1)")
        with pytest.raises(LockNotHad) as stopped:
            run(tmp_path, Told(), bounds=Bounds(Duration("2s"), Duration("0s")))
    assert stopped.value.message.endswith("database is locked; tried once")

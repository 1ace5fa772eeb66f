"""A project of several databases is looked at in all of them before the first step in any."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, write_revision
from tests.run.preflight.databases import Database


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two SQLite files; the second has a row in the way."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("one", "two"):
        database = Database(tmp_path, f"sqlite:///{name}.db", "sqlite")
        database.execute("CREATE TABLE users (email TEXT)", "INSERT INTO users VALUES ('a')")
    database.execute("INSERT INTO users VALUES (NULL)")
    head, _, body = ENV_PY.partition("else:\n")
    body = body.replace("engine = create_engine(url", 'engine = create_engine(f"sqlite:///{name}.db"')
    body = body.replace("run_migrations()", "run_migrations(engine_name=name)").replace("\n", "\n    ")
    (tmp_path / "migrations" / "env.py").write_text(f'{head}else:\n    for name in ("one", "two"):\n    {body}')
    path = write_revision(
        tmp_path,
        "bbb222",
        "aaa111",
        "x",
        up='with op.batch_alter_table("users") as b:\n        b.alter_column("email", nullable=False)',
    )
    for one in (path, *tmp_path.glob("migrations/versions/aaa111*.py")):
        one.write_text(one.read_text().replace("grade():", "grade(engine_name):"))
    return tmp_path


def test_a_row_in_the_second_keeps_the_first_from_running(two: Path) -> None:
    refused = limbeck("upgrade", "--json")
    assert refused.status == 2, refused.err
    assert len(refused.document["error"]["obstacles"]) == 1
    assert limbeck("current", "--json").document["current"] == []
    plan = limbeck("plan", "--json").document
    assert [len(one["obstacles"]) for one in plan["databases"]] == [0, 1]


def test_both_run_when_nothing_is_in_the_way(two: Path) -> None:
    with closing(sqlite3.connect(two / "two.db")) as connection, connection:
        connection.execute("DELETE FROM users WHERE email IS NULL")
    result = limbeck("upgrade", "--json")
    assert (result.status, result.document["current"]) == (0, ["bbb222"]), result.err

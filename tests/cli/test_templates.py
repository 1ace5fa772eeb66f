"""Every template of `alembic init`, unchanged but for the address, run by limbeck and by plain Alembic in turn."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import limbeck

MakeDatabase = Callable[[], str]


def alembic(*words: str) -> str:
    """What `alembic WORDS` prints on standard output; it must succeed."""
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-m", "alembic", *words], capture_output=True, text=True, env=environ)
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_revisions(count: int, table: str = "t") -> list[str]:
    """Revisions by `alembic revision`, each with a table; their ids."""
    ids = []
    for number in range(1, count + 1):
        identifier = f"{number:04d}beef{number:04d}"
        alembic("revision", "-m", f"table {number}", "--rev-id", identifier)
        (path,) = Path().glob(f"migrations/versions/{identifier}*.py")
        text = path.read_text()
        up = f'op.create_table("{table}{number}", sa.Column("id", sa.Integer(), primary_key=True))'
        parts = text.rsplit("pass", 2)
        assert len(parts) == 3
        path.write_text(up.join(parts[:2]) + f'op.drop_table("{table}{number}")' + parts[2])
        ids.append(identifier)
    return ids


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize("template", ["generic", "async", "pyproject", "pyproject_async"])
def test_template(template: str, folder: Path, database_url: str) -> None:
    if template.startswith("pyproject"):
        (folder / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n')
    alembic("init", "-t", template, "migrations")
    ini = folder / "alembic.ini"
    ini.write_text(ini.read_text().replace("driver://user:pass@localhost/dbname", database_url.replace("%", "%%")))
    ids = make_revisions(3)

    assert limbeck("heads", "--json").document["heads"] == [ids[-1]]
    assert limbeck("current", "--json").document["current"] == []
    plan = limbeck("plan", "--json").document
    assert [step["revision"] for step in plan["steps"]] == ids
    assert all(step["unrendered"] is None and len(step["statements"]) == 1 for step in plan["steps"])

    result = limbeck("upgrade", ids[1], "--json")
    assert (result.status, [step["revision"] for step in result.document["applied"]]) == (0, ids[:2]), result.err
    assert result.document["current"] == [ids[1]]
    assert alembic("current").split()[0] == ids[1]

    alembic("upgrade", "head")
    assert limbeck("current", "--json").document == {
        "format": "limbeck/1",
        "current": [ids[2]],
        "next": [],
        "pending": 0,
        "unknown": [],
        "databases": [
            {
                "name": "",
                "current": [ids[2]],
                "next": [],
                "pending": 0,
                "unknown": [],
                "changed": [],
                "lost": [],
                "address": limbeck("current", "--json").document["databases"][0]["address"],
            }
        ],
    }
    back = limbeck("downgrade", "base", "--yes", "--json")
    assert (back.status, [step["revision"] for step in back.document["applied"]]) == (0, ids[::-1])
    assert alembic("current") == ""


def test_multidb(folder: Path, make_database: MakeDatabase) -> None:
    alembic("init", "-t", "multidb", "migrations")
    ini = folder / "alembic.ini"
    text = ini.read_text()
    for name in ("dbname", "dbname2"):
        text = text.replace(f"driver://user:pass@localhost/{name}\n", make_database().replace("%", "%%") + "\n")
    ini.write_text(text)
    env_py = folder / "migrations" / "env.py"
    env_py.write_text(env_py.read_text().replace('"engine1": {"', '"engine1": {"'))
    alembic("revision", "-m", "first", "--rev-id", "aaaa1111")
    (path,) = folder.glob("migrations/versions/aaaa1111*.py")
    body = path.read_text()
    for engine in ("engine1", "engine2"):
        body = body.replace(
            f'def upgrade_{engine}() -> None:\n    """Upgrade {engine} schema."""\n    pass',
            f"def upgrade_{engine}() -> None:\n    op.execute('CREATE TABLE of_{engine} (id int)')",
        )
    assert body.count("CREATE TABLE") == 2, body
    path.write_text(body)

    plan = limbeck("plan", "--json").document
    assert [database["database"] for database in plan["databases"]] == ["engine1", "engine2"]
    assert [database["steps"][0]["statements"][0]["sql"] for database in plan["databases"]] == [
        "CREATE TABLE of_engine1 (id int);",
        "CREATE TABLE of_engine2 (id int);",
    ]
    result = limbeck("upgrade", "--json")
    assert result.status == 0, result.err
    assert [(step["revision"], step["database"]) for step in result.document["applied"]] == [
        ("aaaa1111", "engine1"),
        ("aaaa1111", "engine2"),
    ]
    states = limbeck("current", "--json").document["databases"]
    assert [(state["name"], state["current"]) for state in states] == [
        ("engine1", ["aaaa1111"]),
        ("engine2", ["aaaa1111"]),
    ]
    assert alembic("current").split() == ["aaaa1111", "(head)"] * 2
    one = limbeck("current", "--url", make_database())
    assert one.status == 2
    assert "several databases" in one.err

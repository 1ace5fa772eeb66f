"""SQLite's files and MariaDB beside their chains."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line, write_revision


@pytest.fixture
def sqlite_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three tables in a file, and an index on a fourth revision."""
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "own"))
    monkeypatch.setenv("LIMBECK_SCRATCH", "off")
    folder = line(tmp_path)
    create = 'op.create_index("by_id", "users", ["id"])'
    write_revision(folder, "ddd444", "ccc333", "index", up=create, down_code='op.drop_index("by_id")')
    monkeypatch.chdir(folder)
    assert limbeck("upgrade", "-q").status == 0
    return folder


def by_hand(folder: Path, *statements: str) -> None:
    """Change the file by hand."""
    with closing(sqlite3.connect(folder / "app.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_sqlite(sqlite_line: Path) -> None:
    outcome = limbeck("drift")
    assert (outcome.status, outcome.out.splitlines()[-1]) == (0, "no differences")
    assert limbeck("match").status == 0
    by_hand(sqlite_line, "ALTER TABLE users ADD nickname VARCHAR(20)", "DROP INDEX by_id", "DROP TABLE parcels")
    outcome = limbeck("drift", "--json")
    assert outcome.status == 1
    assert [each["sentence"] for each in outcome.document["databases"][0]["differences"]] == [
        "table parcels is in the chain, and not in the database",
        "column nickname of users is in the database, and not in the chain",
        "index by_id of users is in the chain, and not in the database",
    ]


def test_a_rewound_row_of_sqlite_is_repaired(sqlite_line: Path) -> None:
    by_hand(sqlite_line, "UPDATE alembic_version SET version_num = 'aaa111'")
    assert limbeck("match").status == 1
    assert "the schema is exactly that of ddd444" in limbeck("upgrade").err
    assert limbeck("repair", "--yes", "-q").status == 0
    assert limbeck("current", "--json").document["current"] == ["ddd444"]


def test_an_env_py_that_opens_sqlite_by_itself_reaches_nothing_but_scratch(sqlite_line: Path) -> None:
    env_py = sqlite_line / "migrations" / "env.py"
    env_py.write_text(f"import sqlite3\n\nsqlite3.connect('app.db').execute('SELECT 1')\n{ENV_PY}")
    assert limbeck("current", "-q").status == 0
    outcome = limbeck("drift")
    assert outcome.status == 2
    assert "sqlite3 opens a connection of its own" in outcome.err


@pytest.mark.mariadb
def test_mariadb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mariadb_url: str) -> None:
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "own"))
    folder = line(tmp_path, mariadb_url)
    create = 'op.create_index("by_id", "users", ["id"])'
    write_revision(folder, "ddd444", "aaa111", "index", up=create, down_code='op.drop_index("by_id", "users")')
    monkeypatch.chdir(folder)
    assert limbeck("upgrade", "heads", "-q").status == 0
    outcome = limbeck("drift")
    assert (outcome.status, "the chain has to be run on one" in outcome.err) == (2, True)
    monkeypatch.setenv("LIMBECK_SCRATCH", mariadb_url)
    outcome = limbeck("drift")
    assert (outcome.status, outcome.out.splitlines()[-1]) == (0, "no differences"), outcome
    assert limbeck("match", "-q").status == 0
    engine = create_engine(mariadb_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE users ADD nickname VARCHAR(20)")
        databases = [name for (name,) in connection.exec_driver_sql("SHOW DATABASES")]
    engine.dispose()
    assert not [name for name in databases if name.startswith("limbeck_")]
    outcome = limbeck("drift")
    assert outcome.status == 1
    assert "column nickname of users is in the database, and not in the chain" in outcome.out

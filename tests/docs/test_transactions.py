"""The table of docs/transactions.md, done: what is there after a failure."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line, write_revision

CREATE = 'op.create_table("orders", sa.Column("id", sa.Integer()))'
FAIL = 'op.execute("SELECT * FROM nowhere")'
BLOCK = 'with op.get_context().autocommit_block():\n        op.execute("CREATE INDEX CONCURRENTLY i ON users (id)")'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def left(folder: Path, url: str, mode: str, *statements: str) -> tuple[set[str], list[str]]:
    """The tables and the version after a run whose second revision is `statements`."""
    line(folder, url)
    write_revision(folder, "bbb222", "aaa111", "create orders", up="\n    ".join(statements))
    outcome = limbeck("upgrade", "--transaction", mode, "--json")
    assert outcome.status == 5, outcome.err
    assert outcome.document["failed"]["revision"] == "bbb222"
    engine = create_engine(url)
    try:
        tables = set(inspect(engine).get_table_names()) - {"alembic_version", "limbeck_journal"}
    finally:
        engine.dispose()
    return tables, outcome.document["current"]


@pytest.mark.parametrize(("mode", "there"), [("revision", ({"users"}, ["aaa111"])), ("run", (set(), []))])
def test_postgresql(folder: Path, database_url: str, mode: str, there: tuple[set[str], list[str]]) -> None:
    assert left(folder, database_url, mode, CREATE, FAIL) == there


@pytest.mark.parametrize("mode", ["revision", "run"])
def test_sqlite(folder: Path, mode: str) -> None:
    assert left(folder, f"sqlite:///{folder}/app.db", mode, CREATE, FAIL) == ({"users"}, ["aaa111"])


@pytest.mark.parametrize("mode", ["revision", "run"])
def test_autocommit_block(folder: Path, database_url: str, mode: str) -> None:
    assert left(folder, database_url, mode, CREATE, BLOCK, FAIL) == ({"users", "orders"}, ["aaa111"])


@pytest.mark.parametrize("mode", ["revision", "run"])
def test_a_transaction_of_env_py_goes_before_both(folder: Path, database_url: str, mode: str) -> None:
    line(folder, database_url)
    (folder / "migrations" / "env.py").write_text(ENV_PY.replace("engine.connect()", "engine.begin()"))
    write_revision(folder, "bbb222", "aaa111", "create orders", up=FAIL)
    outcome = limbeck("upgrade", "--transaction", mode, "--json")
    assert (outcome.status, outcome.document["current"], outcome.document["applied"]) == (5, [], [])

"""Kronos by limbeck: the same commands as anywhere, in server/ or below it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from limbeck.scratch import Server
from tests.cli.command import limbeck

HEAD = "4c1e9a7f52d8"


@pytest.fixture(autouse=True)
def _in_server(server: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> None:
    monkeypatch.chdir(server / "migrations")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database_url)


def test_up_down_up_with_rows(connection: Connection) -> None:
    assert limbeck("current", "--json").document["next"] == [HEAD]
    for _ in range(2):
        upgraded = limbeck("upgrade", "--json")
        assert upgraded.status == 0, upgraded.err
        assert upgraded.document["current"] == [HEAD]
        with connection.begin():
            connection.execute(text("INSERT INTO users (email) VALUES ('ada@example.com')"))
        downgraded = limbeck("downgrade", "base", "--yes", "--json")
        assert (downgraded.status, downgraded.document["current"]) == (0, []), downgraded.err


def test_plan_and_sql() -> None:
    (step,) = limbeck("plan", "--json").document["steps"]
    assert step["unrendered"] is None
    assert any(statement["sql"].startswith("CREATE TABLE users") for statement in step["statements"])
    assert "CREATE TABLE users" in limbeck("upgrade", "--sql").out


def test_the_way_back_is_proved(postgres_server: Server) -> None:
    outcome = limbeck("verify", "--json", "--scratch", postgres_server.url())
    assert outcome.status == 0, outcome.out + outcome.err
    assert (outcome.document["findings"], outcome.document["revisions"]) == ([], [HEAD])
    assert outcome.document["whole"] == ["base to head, back to base, to head again", "the SQL of --sql, executed"]

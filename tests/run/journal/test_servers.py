"""The journal on every major of PostgreSQL, and by an asynchronous driver."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.scratch import Server
from tests.cli.command import limbeck
from tests.cli.projects import ASYNC_ENV_PY, failing, write_table


def a_story(folder: Path, address: str) -> None:
    """A failure, a run that goes well, a file that is edited, a way back with one that is gone."""
    failing(folder, address)
    assert limbeck("upgrade", "-q").status == 5
    assert limbeck("upgrade", "--transaction", "run", "-q").status == 5
    path = write_table(folder, "bbb222", "aaa111", "orders")
    done = limbeck("upgrade", "--json")
    assert (done.status, done.document["current"]) == (0, ["ccc333"]), done.err
    assert "the journal" not in done.err
    runs = limbeck("journal", "--json").document["databases"][0]["runs"]
    assert [[step["state"] for step in run["steps"]] for run in runs] == [["done", "failed"], ["failed"], ["done"] * 2]
    path.write_text(path.read_text() + "# edited\n")
    for words in ((), ("--url", address)):
        (changed,) = limbeck("current", *words, "--json").document["databases"][0]["changed"]
        assert changed["revision"] == "bbb222"
    (folder / "migrations" / "versions" / "ccc333_create_parcels.py").unlink()
    assert limbeck("downgrade", "--from-journal", "bbb222", "--yes", "-q").status == 0
    assert limbeck("current", "--json").document["current"] == ["bbb222"]


@pytest.mark.majors
def test_majors(folder: Path, major_server: Server) -> None:
    major_server.create_database("journal")
    a_story(folder, major_server.url("journal", driver="psycopg"))


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
def test_asynchronous(folder: Path, database_url: str, driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.cli.projects.ENV_PY", ASYNC_ENV_PY)
    monkeypatch.setattr("tests.cli.projects.write_project.__defaults__", ("", ASYNC_ENV_PY))
    a_story(folder, database_url.replace("+psycopg", f"+{driver}"))

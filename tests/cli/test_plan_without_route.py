"""`plan` where the database is at a revision that no file has: nothing can be told of steps, and all else is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import line, write_project, write_table


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def remove(folder: Path, revision: str) -> None:
    (path,) = (folder / "migrations" / "versions").glob(f"{revision}*.py")
    path.unlink()


def test_the_journal_tells_what_of_the_files_has_not_run(folder: Path) -> None:
    line(folder)
    assert limbeck("upgrade", "-q").status == 0
    remove(folder, "ccc333")
    write_table(folder, "ddd444", "bbb222", "invoices")
    write_table(folder, "eee555", "ddd444", "payments")
    plan = limbeck("plan")
    assert plan.status == 0, plan.err
    assert "by the journal it stands on bbb222" in plan.out
    assert "of the files on the way, 2 have not run:\n  ddd444  create invoices\n  eee555  create payments" in plan.out
    document = limbeck("plan", "ddd444", "--json").document
    assert (document["steps"], document["unknown"], document["stands_on"]) == ([], ["ccc333"], ["bbb222"])
    assert (document["untold"], document["lost"][0]["way_back"]) == (["ddd444"], "bbb222")
    assert limbeck("plan", "--facts", "--no-sql").status == 0
    assert limbeck("plan", "--downgrade", "base").status == 0
    assert limbeck("upgrade").status == 3, "what would write refuses"


def test_one_row_of_two_is_known(folder: Path) -> None:
    write_project(folder)
    write_table(folder, "aaa111", None, "users")
    write_table(folder, "bbb222", "aaa111", "orders")
    write_table(folder, "ccc333", "aaa111", "parcels")
    write_table(folder, "ddd444", "ccc333", "stamps")
    assert limbeck("upgrade", "bbb222", "-q").status == 0
    assert limbeck("upgrade", "ccc333", "-q").status == 0
    remove(folder, "bbb222")
    with closing(sqlite3.connect(folder / "app.db")) as connection:
        connection.execute("DROP TABLE limbeck_journal")
    plan = limbeck("plan", "heads")
    assert (plan.status, "by the journal" in plan.out) == (0, False), plan.err
    assert "the journal does not know it" in plan.out
    assert "of the files on the way, 1 may have run or not:\n  ddd444  create stamps" in plan.out


def test_nothing_is_written_to_a_file(folder: Path) -> None:
    line(folder)
    assert limbeck("upgrade", "-q").status == 0
    remove(folder, "ccc333")
    refused = limbeck("plan", "--out", "plan.json")
    assert (refused.status, refused.out) == (3, "")
    assert "there is no plan to write" in refused.err
    assert not (folder / "plan.json").exists()

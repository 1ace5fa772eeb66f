"""`--embedded`: a PostgreSQL of the project's own, kept between commands, gone between them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import line


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def test_kept_between_commands(folder: Path) -> None:
    line(folder, "driver://user:pass@localhost/dbname")
    assert limbeck("current").status == 2, "no database is configured, and none is taken in its place"
    upgraded = limbeck("upgrade", "--embedded", "--json")
    assert upgraded.status == 0, upgraded.err
    assert "embedded PostgreSQL" in upgraded.err
    assert limbeck("--embedded", "current", "--json").document["current"] == ["ccc333"]
    assert limbeck("downgrade", "-1", "--embedded", "--json").document["current"] == ["bbb222"]
    running = subprocess.run(["pgrep", "-f", str(folder)], stdout=subprocess.DEVNULL)
    assert running.returncode == 1, "no server is left between commands"


def test_as_a_setting(folder: Path) -> None:
    line(folder, "driver://user:pass@localhost/dbname")
    ini = folder / "alembic.ini"
    ini.write_text(ini.read_text() + "\n[limbeck]\nurl = embedded\n")
    assert limbeck("upgrade", "--json").document["current"] == ["ccc333"]
    assert limbeck("history").out.splitlines()[-1] == "database: at ccc333; next: nothing, it is up to date"


def test_never_instead_of_a_database_that_does_not_answer(folder: Path) -> None:
    line(folder, "postgresql+psycopg://nobody@localhost:1/app")
    refused = limbeck("upgrade")
    assert refused.status == 4
    assert "cannot be connected to" in refused.err
    assert not (folder / "data").exists()

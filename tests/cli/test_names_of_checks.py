"""The names of verify's checks, in files and settings that lint reads too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import way_back


def test_lint_says_nothing_of_them(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = way_back(tmp_path, database_url)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (path,) = (folder / "migrations" / "versions").glob("bbb222*.py")
    path.write_text("# limbeck: allow[left-behind] nobody goes back\n" + path.read_text())
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("[limbeck]\nrule_severities = rows-lost=note\nignore_rules = second-up-differs\n")
    linted = limbeck("lint", "--all", "--scratch", database_url)
    assert linted.status in (0, 1), linted.err
    assert "left-behind" not in linted.out
    proved = limbeck("verify", "--scratch", database_url)
    assert "left-behind" not in proved.out
    assert "note rows-lost" in proved.out
    assert proved.status == 0

"""Projects at which somebody else works too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.projects import line
from tests.run.killed import Mortals
from tests.run.runs import Told, run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Path:
    """A project on PostgreSQL, at its first revision of three."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    line(tmp_path, database_url)
    run(tmp_path, Told(), target="aaa111")
    return tmp_path


@pytest.fixture(scope="session")
def mortals() -> Iterator[Mortals]:
    """Starts commands that are to be killed."""
    with Mortals() as mortals:
        yield mortals

"""How `limbeck verify` ends, as every command does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import broken, copied, line


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize(
    ("threshold", "status"), [((), 1), (("--fail-on", "note"), 1), (("--fail-on", "never"), 0)], ids=str
)
def test_findings(threshold: tuple[str, ...], status: int, folder: Path) -> None:
    copied(folder)
    outcome = limbeck("verify", *threshold)
    assert outcome.status == status, outcome.err
    assert "2 errors, 1 note" in outcome.out


def test_a_broken_chain(folder: Path) -> None:
    broken(folder)
    outcome = limbeck("verify")
    assert (outcome.status, outcome.out) == (3, "")
    assert "ddd444_half_written.py" in outcome.err


def test_a_scratch_server_that_does_not_answer(folder: Path) -> None:
    line(folder, "postgresql+psycopg://nobody@nowhere/none")
    outcome = limbeck("verify", "--scratch", f"postgresql://me:hidden@/postgres?host={folder}")
    assert (outcome.status, outcome.out) == (4, "")
    assert outcome.err.startswith("limbeck: the scratch server: ")
    assert "hidden" not in outcome.err


def test_a_revision_that_nobody_has(folder: Path) -> None:
    line(folder)
    assert limbeck("verify", "zzz").status == 2

"""Faults of the chain are findings of lint, with or without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import line, write_table


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return line(tmp_path)


def faults(status: int) -> list[dict[str, Any]]:
    outcome = limbeck("lint", "--no-scratch", "--json")
    assert outcome.status == status, outcome.err
    return [each for each in outcome.document["findings"] if each["rule"] == "chain-fault"]


def test_none(folder: Path) -> None:
    assert faults(0) == []


def test_two_heads(folder: Path) -> None:
    write_table(folder, "ddd444", "bbb222", "invoices")
    (fault,) = faults(1)
    assert (fault["severity"], fault["message"]) == ("error", "multiple-heads: there are 2 heads: ccc333, ddd444")


def test_a_file_that_does_not_parse(folder: Path) -> None:
    (folder / "migrations" / "versions" / "ddd444_half.py").write_text("revision = (\n")
    (fault,) = faults(3)
    assert fault["path"].endswith("ddd444_half.py")
    assert fault["message"].startswith("does-not-parse")


def test_an_identifier_that_does_not_fit(folder: Path) -> None:
    name = "x" * 33
    write_table(folder, name, "ccc333", "invoices")
    (fault,) = faults(1)
    assert (fault["severity"], fault["revision"]) == ("error", name)
    assert fault["message"].startswith("id-too-long")

"""The benchmark of the catalogue runs, and finds what it made; nothing here looks at a clock."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from limbeck.scratch import start_server


def test_both_see_all_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parents[2] / "bench"), *sys.path])
    from bench.catalogue import build, measure, text

    with start_server() as server:
        build(server, 4)
        measured = measure(server, 4, 2)
    assert len(measured.snapshots) == len(measured.reflections) == 2
    assert "| 4 |" in text(measured, 4, "18")

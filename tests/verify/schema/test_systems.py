"""The gateway and Kronos: after an upgrade there is no drift, and models and chain agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.verify.schema.projects import SchemaProject

_SYSTEMS = Path(__file__).parents[3] / "systems"


@pytest.mark.parametrize("place", ["gateway", "kronos/server"])
def test_a_system(project: SchemaProject, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.chdir(_SYSTEMS / place)
    assert limbeck("upgrade", "-q", "--url", project.url).status == 0
    for words in (("drift",), ("match",), ("drift", "--models")):
        outcome = limbeck(*words, "--url", project.url)
        assert outcome.status == 0, outcome
    assert "no differences" in outcome.out
    project.by_hand("ALTER TABLE users ADD by_hand text")
    outcome = limbeck("drift", "--url", project.url)
    assert outcome.status == 1
    assert "column by_hand of public.users is in the database, and not in the chain" in outcome.out

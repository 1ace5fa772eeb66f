"""A run that is killed in the middle of a step is gone on with, wherever it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.run.killed import Mortals
from tests.run.systems import SYSTEMS, System, system_named

POINTS = 12


@pytest.mark.parametrize("name", SYSTEMS)
def test_killed(
    name: str, mortals: Mortals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    system = system_named(name, tmp_path, request)
    system.write(tmp_path, system.body())
    count = mortals.executions(tmp_path, "upgrade")
    undisturbed = system.picture()
    # Spread over the second step, which has by far the most.
    for place in range(POINTS):
        system.empty()
        number, after = count // 3 + (count * 2 // 3) * place // POINTS, bool(place % 2)
        assert mortals.killed_at(tmp_path, number, "upgrade", after=after)
        outcome = limbeck("upgrade")
        assert outcome.status == 0, (number, after, outcome.err)
        assert system.picture() == undisturbed, (number, after)


def test_killed_twice(mortals: Mortals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first run has done and what the second has done are both known to the third."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    system = System("sqlite", f"sqlite:///{tmp_path}/app.db")
    system.write(tmp_path, system.body())
    count = mortals.executions(tmp_path, "upgrade")
    undisturbed = system.picture()
    system.empty()
    kills = 0
    for number in range(count // 2, count, 4):
        kills += mortals.killed_at(tmp_path, number, "upgrade", after=True)
        if kills == 2:
            break
    assert kills == 2
    assert limbeck("upgrade").status == 0
    assert system.picture() == undisturbed

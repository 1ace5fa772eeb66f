"""What a killed run leaves in its journal can be read, wherever it was killed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import write_revision
from tests.run.killed import Mortals

DEADLINE = 60.0  # seconds
UNDER_WAY = """\
op.create_table("orders", sa.Column("id", sa.Integer()))
    import time
    from pathlib import Path
    Path("under-way").touch()
    time.sleep(60)"""


def runs() -> list[dict[str, Any]]:
    outcome = limbeck("journal", "--json")
    assert outcome.status == 0, outcome.err
    return list(outcome.document["databases"][0]["runs"] or [])


def test_killed_within_a_step(project: Path) -> None:
    write_revision(project, "bbb222", "aaa111", "create orders", up=UNDER_WAY)
    with subprocess.Popen([sys.executable, "-m", "limbeck", "upgrade", "-q"]) as process:
        until = time.monotonic() + DEADLINE
        while not (project / "under-way").exists():
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.01)
        process.kill()
    (run,) = runs()
    assert (run["outcome"], run["to"], run["pid"]) == (None, None, process.pid)
    assert [(step["revision"], step["state"]) for step in run["steps"]] == [
        ("aaa111", "done"),
        ("bbb222", "unfinished"),
    ]
    text = limbeck("journal").out
    assert "no end is recorded: it is under way, or was killed" in text
    assert "2/3 upgrade bbb222  create orders  began, and no end is recorded" in text
    (path,) = (project / "migrations" / "versions").glob("bbb222*")
    assert limbeck("journal", "--source", "bbb222").out == path.read_text()
    assert limbeck("stamp", "ccc333", "-q").status == 0
    assert [run["outcome"] for run in runs()] == ["cut off", "done"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_anywhere(project: Path, mortals: Mortals, after: bool) -> None:
    """At every fifth statement, those of the journal included; then a run goes on, and tells what it did."""
    number, killed = 3, True
    while killed:
        assert limbeck("downgrade", "base", "-q", "--yes").status == 0
        earlier = len(runs())
        killed = mortals.killed_at(project, number, "upgrade", "-q", after=after)
        at = limbeck("current", "--json").document["current"]
        chain = ["aaa111", "bbb222", "ccc333"]
        applied = chain[: chain.index(at[0]) + 1] if at else []
        for run in runs()[earlier:]:
            states = {step["revision"]: step["state"] for step in run["steps"]}
            done = [revision for revision, state in states.items() if state == "done"]
            assert done == applied[: len(done)], "what is told to be done is done"
            assert len(applied) <= len(done) + 1, "and no more than one step is not told yet"
            assert set(applied) <= set(states), "every step is told before it begins"
            assert run["outcome"] == (None if killed and run["to"] is None else "done")
        again = limbeck("upgrade", "--json")
        if again.status:  # MariaDB and an autocommit keep a part of a step, which is not this test's matter
            assert "mysql" in (project / "alembic.ini").read_text()
            (part,) = set(chain[len(applied) : len(applied) + 1])
            assert again.document["failed"]["revision"] == part
            assert limbeck("stamp", part, "-q").status == 0
            assert limbeck("upgrade", "-q").status == 0
        assert limbeck("current", "--json").document["pending"] == 0
        number += 5
    assert number > 30

"""A comment that a run would refuse is told on its line, and no other is."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.lint.measuring import all_unmeasured
from limbeck.model.errors import TargetUnavailable
from tests.lint.projects import LintProject


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("# limbeck: lock_timout=5s", "a comment of limbeck's says something unknown: lock_timout=5s"),
        ("# limbeck: lock_timeout=5", "lock_timeout is not a length of time"),
        ("    # limbeck: irreversible", "a comment of limbeck's says something unknown: irreversible"),
        (
            "# limbeck: ignore[column-dropped] x",
            "a comment of limbeck's says something unknown: ignore[column-dropped]",
        ),
        ("# limbeck: lock_timeout=5s statement_timeout=20min", None),
        ("# limbeck: irreversible[orders] the notes are gone", None),
        ("# limbeck: allow[column-dropped] nobody reads it", None),
        ("x = 1  # limbeck: whatever", None),
        ("# what limbeck: says", None),
    ],
)
def test_on_its_line(comment: str, told: str | None, tmp_path: Path) -> None:
    project = LintProject(tmp_path)
    (added,) = project.add(f"def upgrade():\n{comment}\n    pass\n\ndef downgrade():\n    pass\n")
    found = project.judged([added], all_unmeasured([added], TargetUnavailable("it does not answer")))
    lines = (project.versions / f"{added}.py").read_text().splitlines()
    told_of = [(each.message, lines[each.span.line - 1]) for each in found if each.rule == "unknown-comment"]
    assert told_of == ([(told, comment)] if told else [])

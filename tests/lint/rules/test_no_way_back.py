"""An empty downgrade() is a warning in a chain that goes back, a note in one that never does."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.model.finding import Severity
from tests.lint.projects import LintProject

_EMPTY = """\
def upgrade():
    op.add_column("orders", sa.Column("source", sa.Text()))


def downgrade():
    {}
"""
_NOTHING_AT_ALL = "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"


@pytest.mark.parametrize(
    ("below", "severity"),
    [
        (_EMPTY.format("pass"), Severity.NOTE),
        (f"{_EMPTY.format('pass')}\n# next revision\n{_NOTHING_AT_ALL}", Severity.NOTE),
        (_EMPTY.format("pass").partition("\n\n")[0], Severity.NOTE),
        (_EMPTY.format('op.drop_column("orders", "source")'), Severity.WARNING),
        (_EMPTY.format('raise NotImplementedError("no way back")'), Severity.WARNING),
        (_NOTHING_AT_ALL, Severity.WARNING),
    ],
)
def test_the_habit_of_the_chain(below: str, severity: Severity, tmp_path: Path) -> None:
    project = LintProject(tmp_path / "project", tables=below)
    found = project.findings(project.add(_EMPTY.format("pass")), None)
    assert [(each.rule, each.severity) for each in found] == [("no-way-back", severity)]

"""What an error that is caught does depends on the kind of database."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.lint.measuring import all_unmeasured
from limbeck.model.errors import LimbeckError, OtherDialect, TargetUnavailable
from tests.lint.projects import LintProject

CAUGHT = (
    'def upgrade():\n    try:\n        op.add_column("orders", sa.Column("note", sa.Text()))\n'
    "    except Exception:\n        pass\n\ndef downgrade():\n    pass\n"
)


@pytest.mark.parametrize(
    ("error", "severity", "effect"),
    [
        (OtherDialect("of sqlite"), "warning", "recorded as applied all the same"),
        (TargetUnavailable("it does not answer"), "error", "the transaction is aborted"),
    ],
)
def test_no_transaction_is_said_to_be_aborted_where_none_is(
    error: LimbeckError, severity: str, effect: str, tmp_path: Path
) -> None:
    project = LintProject(tmp_path)
    added = project.add(CAUGHT)
    found = project.judged(added, all_unmeasured(added, error))
    (ignored,) = [each for each in found if each.rule == "error-ignored"]
    assert ignored.severity.value == severity
    assert effect in ignored.effect

"""A default on which running code relies is dropped.

Hazard: an INSERT of the release before that leaves the column out fails, or writes NULL.

Why: code that was written while there was a default, or before there was the column, need not name it.

Bad:
    op.alter_column("orders", "state", server_default=None)

Given:
    op.add_column("orders", sa.Column("state", sa.String(20), nullable=False, server_default="new"))

Bad:
    op.add_column("orders", sa.Column("channel", sa.String(20), nullable=False, server_default="web"))
    op.alter_column("orders", "channel", server_default=None)

Good:
    op.alter_column("orders", "state", server_default="created")

When to suppress: every release that is running fills the column itself; say from which one on.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.changes import filled_later, fills, made_before, on_old_tables
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Change, Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A column that has lost what filled it; a new one, when it must be filled."""
    for change in on_old_tables(subject, facts, "column", made_too=True):
        had = change.was("default") or change.was("identity") or change.was("generated")
        if change.made or change.dropped or not had or fills(change) or filled_later(subject, facts, change):
            continue
        known = change.relation, str(change.was("name"))
        if change.now("not_null") or known not in made_before(subject, facts, "column"):
            yield Hazard(
                f"nothing fills {change.relation}.{change.name} any more",
                f"an INSERT of the release before that leaves it out {_becomes(change)}",
                "# release code that fills it, then drop the default",
            )


def _becomes(column: Change) -> str:
    return "fails" if column.now("not_null") else "writes NULL"

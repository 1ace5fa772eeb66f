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

from limbeck.lint.changes import on_old_tables
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A column that must be filled, and has lost what filled it."""
    for change in on_old_tables(subject, facts, "column", made_too=True):
        had = change.was("default") or change.was("identity") or change.was("generated")
        has = change.now("default") or change.now("identity") or change.now("generated")
        if change.after is not None and change.before is not None and had and not has and change.now("not_null"):
            yield Hazard(
                f"nothing fills {change.relation}.{change.name} any more",
                "an INSERT of the release before that leaves it out fails",
                "# release code that fills it, then drop the default",
            )

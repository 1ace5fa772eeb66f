"""A column may hold NULL from here on.

Hazard: code of the release before that reads the column has never met a NULL in it.

Why: the database promised that there is none, and everything that was written since relied on it.

Bad:
    op.alter_column("customers", "email", nullable=True)

Good:
    op.alter_column("orders", "status", server_default="new")

When to suppress: every release that is running can read NULL there.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.changes import on_old_tables
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """NOT NULL that goes."""
    for change in on_old_tables(subject, facts, "column"):
        if change.altered("not_null") and not change.now("not_null"):
            yield Hazard(
                f"{change.relation}.{change.name} may be NULL from here on",
                "code of the release before that reads it has never met NULL there",
                "# release code that can read NULL first",
            )

"""Rows vanish for code that is running, or show to whom they were hidden from.

Hazard: with row-level security on and no policy that lets them through, the release before sees an empty table and may
write nothing to it.

Why: who is not the table's owner sees only what a policy shows; without any policy, that is nothing.

Bad:
    op.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")

Bad:
    op.execute("ALTER TABLE customers DISABLE ROW LEVEL SECURITY")

Given:
    op.execute("ALTER TABLE customers ENABLE ROW LEVEL SECURITY")

Good:
    op.add_column("orders", sa.Column("tenant", sa.Text()))

When to suppress: the code that is running connects as the owner, or the policies show it what it needs.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.changes import on_old_tables
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """Row-level security switched on or off, or a policy changed, on what existed before."""
    for change in on_old_tables(subject, facts, "table", "policy"):
        if change.what == "policy":
            what = "made" if change.made else "dropped" if change.dropped else "changed"
            yield Hazard(
                f"policy {change.name} of {change.relation} is {what}",
                f"code of the release before sees other rows of {change.relation} than it did",
                "# release the code that expects it first",
                severity=Severity.NOTE if change.made else None,
            )
        elif change.altered("row_security") and change.now("row_security"):
            yield Hazard(
                f"row-level security is switched on for {change.name}",
                f"code of the release before that is not its owner sees no row of {change.name} without a policy",
                "# make the policies in the same transaction, the permissive ones for what is running among them",
            )
        elif change.altered("row_security"):
            yield Hazard(
                f"row-level security is switched off for {change.name}",
                f"whoever may read {change.name} sees every row of it",
                "# leave it on, and make a policy for whoever is to see all",
            )

"""Rows are changed, or read through, in the transaction of a statement that keeps others away.

Hazard: the lock of an ALTER TABLE, which by itself would be gone in an instant, is held for as long as the change of
rows beside it takes: a back-fill in the same revision as its ADD COLUMN stops the whole table.

Why: PostgreSQL lets go of locks when the transaction ends, and a revision is one transaction.

Bad:
    op.add_column("orders", sa.Column("source", sa.Text()))
    op.execute("UPDATE orders SET source = 'web'")

Good:
    op.add_column("orders", sa.Column("source", sa.Text()))
    # next revision
    with op.get_context().autocommit_block():
        while op.get_bind().exec_driver_sql(
            "UPDATE orders SET source = 'web' WHERE id IN (SELECT id FROM orders WHERE source IS NULL LIMIT 5000)"
        ).rowcount:
            pass

When to suppress: the tables are small; better, name them in the setting small_tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.remedies import by_itself
from limbeck.lint.subject import Hazard, Subject
from limbeck.lint.waiting import names, since, who_waits, work
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A query or a change of rows on a whole table, while earlier statements keep somebody away."""
    done = work(subject, facts)
    if done.changed and subject.locked(facts):
        yield Hazard(
            f"{who_waits(subject, facts)} while the rows of {names(done.changed)} are gone through",
            f"held through the change of rows: {since(subject, facts)}",
            by_itself(facts),
        )

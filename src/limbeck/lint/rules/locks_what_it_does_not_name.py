"""A statement locks a table that it does not name.

Hazard: whoever reads the statement looks at the table in it; the one that stops is another.  The lock is gone in an
instant, once it is had: but until then it stands in the queue behind every query that is running, and everybody else
behind it.

Why: a foreign key has triggers on both of its tables, so that adding one, dropping one, dropping the table that has
one and creating a table with one lock the other table too.  A new partition locks the default partition; DROP INDEX
locks its table; CASCADE locks whatever depends.

Bad:
    op.drop_table("payments")

Given:
    op.create_table("payments", sa.Column("order_id", sa.BigInteger(), sa.ForeignKey("orders.id"), primary_key=True))

Good:
    op.add_column("orders", sa.Column("source", sa.Text()))

When to suppress: you know that the other table is locked, and the revision runs with a lock_timeout (limbeck upgrade
sets one by itself) at an hour when no long query holds the table.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.subject import Hazard, Subject
from limbeck.lint.waiting import work
from limbeck.model.facts import Facts, LockMode, RelationKind, Touched
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A blocking lock on what existed before and is not named."""
    if work(subject, facts):
        return  # those who wait are told with what they wait for
    gone = {change.name for change in facts.changes if change.dropped}  # as table-dropped tells, and rows-truncated
    for touched in facts.relations:
        if touched.name not in gone and not touched.truncated and _is_unnamed(subject, touched):
            mode = touched.lock or LockMode.ACCESS_EXCLUSIVE
            who = "readers and writers" if mode.blocks_reads else "writers"
            hot = subject.is_hot(touched.name)
            yield Hazard(
                f"{touched.name}, which the statement does not name, is locked in {mode} mode",
                f"{who} of {touched.name} wait behind it: for an instant, and for as long as it waits itself",
                code.execute("SET LOCAL lock_timeout = '2s'")
                + "  # limbeck upgrade does it by itself, and tries again",
                severity=Severity.ERROR if hot else None,
            )


def _is_unnamed(subject: Subject, touched: Touched) -> bool:
    locked = touched.lock is not None and touched.lock.blocks_writes
    table = touched.kind.has_rows or touched.kind is RelationKind.VIEW
    return locked and table and not touched.named and subject.existed(touched)

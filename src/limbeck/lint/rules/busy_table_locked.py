"""A table that may be busy is locked, if only for an instant.

Hazard: a lock that would be gone in a millisecond waits behind the longest query on the table, and everybody else
waits behind it.  CREATE TABLE with a foreign key looks as if it touched nothing, and stops the writers of the table
that it refers to.

Why: ALTER TABLE takes ACCESS EXCLUSIVE; a new foreign key takes SHARE ROW EXCLUSIVE on both of its tables; LOCK TABLE
takes what it says, and keeps it until the transaction ends.

Bad:
    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("order_id", sa.Integer(), sa.ForeignKey("orders.id")),
    )

Bad:
    op.execute("LOCK TABLE orders IN SHARE MODE")

Good:
    op.create_table("invoices", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))

When to suppress: the table is not busy, or the revision runs with a lock_timeout (limbeck upgrade sets one by itself)
when no long query is running.  On a table that the setting hot_tables names, any lock that keeps somebody away is an
error.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.subject import Hazard, Subject
from limbeck.lint.waiting import work
from limbeck.model.facts import Facts, RelationKind
from limbeck.model.finding import Severity
from limbeck.sql.words import first_words

SEVERITY = Severity.NOTE


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A blocking lock on a hot table; on any table, when a foreign key of another took it, or LOCK TABLE."""
    if work(subject, facts):
        return  # those who wait are told with what they wait for
    keys = {change.now("table") for change in facts.changes if change.what == "constraint" and change.made}
    by_hand = first_words(facts.sql) == ("lock",)
    for touched in facts.relations:
        lock = touched.lock
        if lock is None or not lock.blocks_writes or not subject.existed(touched):
            continue
        if touched.kind.has_rows or touched.kind is RelationKind.VIEW:
            hot = subject.is_hot(touched.name)
            other = touched.name in keys
            if hot or other or by_hand:
                who = "readers and writers" if lock.blocks_reads else "writers"
                why = ", for a foreign key of another" if other else ""
                yield Hazard(
                    f"{touched.name} is locked in {lock} mode{why}",
                    f"{who} of {touched.name} wait behind it: for an instant, and for as long as it waits itself",
                    code.execute("SET LOCAL lock_timeout = '2s'")
                    + "  # limbeck upgrade does it by itself, and tries again",
                    severity=Severity.ERROR if hot else Severity.WARNING if by_hand else None,
                )

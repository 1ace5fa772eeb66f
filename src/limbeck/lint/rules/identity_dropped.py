"""What tells the rows of a table apart is dropped.

Hazard: the release before updates and deletes by a key that is not kept any more; logical replication stops at the
next UPDATE or DELETE.

Why: a primary key is what foreign keys, ORMs and replicas go by.

Bad:
    op.drop_constraint("orders_pkey", "orders")

Good:
    op.drop_constraint("ck_customers_name", "customers")

Good:
    op.execute("ALTER TABLE orders REPLICA IDENTITY FULL")

Given:
    op.execute("ALTER TABLE customers ADD CONSTRAINT ck_customers_name CHECK (length(name) > 0)")

When to suppress: another key takes its place in the same transaction, and nothing replicates the table.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.changes import on_old_tables
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Change, Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_EVERY_COLUMN = "f"  # REPLICA IDENTITY FULL: subscribers go on by their own key, and are told more than they need


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A primary key that goes and is not made anew, or another replica identity."""
    gone = {change.name for change in facts.changes if change.what == "table" and change.dropped}
    for change in on_old_tables(subject, facts, "constraint", "table"):
        if change.what == "constraint" and change.dropped and change.was("type") == "p":
            if change.relation not in gone and not _made_anew(subject, change):
                yield Hazard(
                    f"{change.relation} has no primary key any more",
                    "nothing tells its rows apart: replication stops, and the same row may come twice",
                    "# make the new key in the same transaction: a unique index built concurrently, then USING INDEX",
                )
        elif change.altered("replica_identity") and change.now("replica_identity") != _EVERY_COLUMN:
            yield Hazard(
                f"the replica identity of {change.name} is another",
                "logical replicas that go by the old one stop at the next UPDATE or DELETE",
                "# change it where the subscribers can follow",
            )


def _made_anew(subject: Subject, dropped: Change) -> bool:
    return any(
        change.what == "constraint"
        and change.made
        and change.now("type") == "p"
        and change.relation == dropped.relation
        for facts in subject.statements
        for change in facts.changes
    )

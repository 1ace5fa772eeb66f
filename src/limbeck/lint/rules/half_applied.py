"""A revision is committed in parts, so that a failure in the middle leaves some of it.

Hazard: when a later part fails, the database has the earlier ones, and its version says that it has none.  The next
try runs into what is there already.

Why: autocommit_block() commits what the revision did before it, and each statement in it by itself.  Where that was
DDL, the next try says so, and it is a note; rows would be there twice.

Bad:
    op.add_column("orders", sa.Column("source", sa.Text()))
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_source", "orders", ["source"], postgresql_concurrently=True)

Good:
    op.add_column("orders", sa.Column("source", sa.Text()))
    # next revision
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_source", "orders", ["source"], postgresql_concurrently=True)

Bad:
    op.execute("INSERT INTO customers (email) VALUES ('shop@example.com')")
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)

When to suppress: every part can be run again over what it left.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """One with changes in more than one transaction, some of them within one."""
    changing = [
        facts for facts in subject.statements if facts.error is None and (facts.changes or _changes_rows(facts))
    ]
    inside = [facts for facts in changing if facts.in_transaction]
    outside = [facts for facts in changing if not facts.in_transaction]
    if inside and not _can_be_repeated(inside[0]) and outside:
        span = outside[0].span or subject.place()
        yield Hazard(
            "the revision is committed in parts: a failure in the middle leaves some of it",
            "the next upgrade runs into what is there already",
            "# what runs outside of a transaction goes into a revision of its own",
            span=span,
            severity=None if any(map(_changes_rows, inside)) else Severity.NOTE,
        )


def _changes_rows(facts: Facts) -> bool:
    return any(each.changed_rows for each in facts.relations)


def _can_be_repeated(facts: Facts) -> bool:
    words = facts.sql.lower()
    return "if not exists" in words or "if exists" in words

"""Readers and writers wait for as long as it takes to read a table from end to end.

Hazard: a constraint is checked against every row, or the index behind a key is built, under ACCESS EXCLUSIVE: nobody
can so much as SELECT from the table until it is done.

Why: SET NOT NULL, ADD CHECK, ADD UNIQUE, ADD PRIMARY KEY, EXCLUDE and the attaching of a partition take ACCESS
EXCLUSIVE and then look at every row.  The time grows with the table; everything that uses it stands still meanwhile.
Locks last until the transaction ends: VALIDATE CONSTRAINT, which lets others work, does not after the ADD CONSTRAINT
beside it.

Bad:
    op.alter_column("orders", "status", nullable=False)

Bad:
    op.create_check_constraint("ck_orders_total", "orders", "total >= 0")

Bad:
    op.create_unique_constraint("uq_customers_email", "customers", ["email"])

Bad:
    op.execute("ALTER TABLE orders ADD CONSTRAINT ck_orders_total CHECK (total >= 0) NOT VALID")
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT ck_orders_total")

Good:
    op.execute("ALTER TABLE orders ADD CONSTRAINT status_not_null CHECK (status IS NOT NULL) NOT VALID")
    # next revision
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT status_not_null")
    # next revision
    op.alter_column("orders", "status", nullable=False)
    op.drop_constraint("status_not_null", "orders", type_="check")

Good:
    with op.get_context().autocommit_block():
        op.create_index("uq_customers_email", "customers", ["email"], unique=True, postgresql_concurrently=True)
    # next revision
    op.execute("ALTER TABLE customers ADD CONSTRAINT uq_customers_email UNIQUE USING INDEX uq_customers_email")

When to suppress: the table is so small that the scan is an instant; better, name it in the setting small_tables.  An
EXCLUDE constraint has no other way: choose a quiet hour, and say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.changes import must_be_filled
from limbeck.lint.remedies import by_itself, without_waiting
from limbeck.lint.subject import Hazard, Subject
from limbeck.lint.waiting import are, blocked, lock_words, names, who_waits, work
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR


def _cannot_be(facts: Facts) -> bool:
    """Whether it runs on empty tables only, as required-column tells."""
    new = {change.name for change in facts.changes if change.what == "table" and change.made}
    made = (each for each in facts.changes if each.what == "column" and each.made and each.relation not in new)
    return any(must_be_filled(change) for change in made)


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A scan, while nobody can read."""
    done = work(subject, facts)
    reads, _ = blocked(subject, facts)
    if done.scanned and not done.rewritten and reads and not _cannot_be(facts):
        yield Hazard(
            f"{who_waits(subject, facts)} while {names(done.scanned)} {are(done.scanned)} read from end to end",
            f"{lock_words(subject, facts)} until the transaction ends: not even a SELECT gets past ACCESS EXCLUSIVE",
            without_waiting(facts) or by_itself(facts),
        )

"""Writers wait for as long as it takes to read a table from end to end.

Hazard: an index is built, or a foreign key checked, while a lock is held that no INSERT, UPDATE or DELETE can get
past. Readers go on.

Why: CREATE INDEX takes SHARE on its table until the index is built.  A foreign key takes SHARE ROW EXCLUSIVE on both
its tables until every row has been looked up.  On a table of some million rows that is minutes, in which every request
that writes piles up.

Bad:
    op.create_index("ix_orders_customer_id", "orders", ["customer_id"])

Bad:
    op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer_id"], ["id"])

Good:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_customer_id", "orders", ["customer_id"], postgresql_concurrently=True)

Good:
    op.create_foreign_key(
        "fk_orders_customer", "orders", "customers", ["customer_id"], ["id"], postgresql_not_valid=True
    )
    # next revision
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT fk_orders_customer")

When to suppress: the table is so small that the scan is an instant; better, name it in the setting small_tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.remedies import by_itself, without_waiting
from limbeck.lint.subject import Hazard, Subject
from limbeck.lint.waiting import are, blocked, lock_words, names, work
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A scan, while writers and no readers are kept away."""
    done = work(subject, facts)
    reads, writes = blocked(subject, facts)
    if done.scanned and not done.rewritten and writes and not reads:
        yield Hazard(
            f"writers of {names(writes)} wait while {names(done.scanned)} {are(done.scanned)} read from end to end",
            f"{lock_words(subject, facts)} until the transaction ends: INSERT, UPDATE and DELETE wait, reading goes on",
            without_waiting(facts) or by_itself(facts),
        )

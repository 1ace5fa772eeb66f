"""A statement cannot run in the transaction that the revision is in.

Hazard: the upgrade stops here on every database.

Why: CONCURRENTLY, VACUUM and the like run in no transaction; a new label of an enum cannot be used before the
transaction that added it has been committed.

Bad:
    op.create_index("ix_orders_customer_id", "orders", ["customer_id"], postgresql_concurrently=True)

Good:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_customer_id", "orders", ["customer_id"], postgresql_concurrently=True)

When to suppress: never.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR
ACTIVE_TRANSACTION = "25001"
UNSAFE_NEW_LABEL = "55P04"


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """One that the server refused for that."""
    if facts.sqlstate == ACTIVE_TRANSACTION:
        yield Hazard(
            f"the server refuses it within a transaction: {facts.error}",
            "the upgrade stops here",
            code.by_itself([code.execute(facts.sql.strip())]),
        )
    elif facts.sqlstate == UNSAFE_NEW_LABEL:
        yield Hazard(
            f"a label that this transaction has added is used: {facts.error}",
            "the upgrade stops here",
            "# add the label in an autocommit block, or in a revision of its own before this one",
        )

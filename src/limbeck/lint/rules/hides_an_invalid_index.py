"""An index that a failed build has left behind is taken for the one that is wanted.

Hazard: CREATE INDEX CONCURRENTLY IF NOT EXISTS finds an INVALID index of that name, says nothing and does nothing. The
index costs every write, and no query uses it.

Why: a concurrent build that fails, by a duplicate or a deadlock, leaves its index marked as invalid.

Bad:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_orders_customer_id", "orders", ["customer_id"], postgresql_concurrently=True, if_not_exists=True
        )

Good:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_orders_customer_id")
        op.create_index("ix_orders_customer_id", "orders", ["customer_id"], postgresql_concurrently=True)

When to suppress: something else looks for invalid indexes.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity
from limbeck.sql.words import first_words, names_in

SEVERITY = Severity.NOTE


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """CREATE INDEX CONCURRENTLY IF NOT EXISTS."""
    words = names_in(facts.sql)
    if first_words(facts.sql)[:1] != ("create",) or not {"index", "concurrently", "exists"} <= words:
        return
    made = [change for change in facts.changes if change.what == "index" and change.made]
    name = code.identifier(made[0].name) if made else "..."
    yield Hazard(
        f"an INVALID index that is called {name} would be taken for a good one",
        "it costs every write, and no query uses it",
        code.by_itself([code.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}"), "..."]),
    )

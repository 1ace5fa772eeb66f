"""A foreign key has no index.

Hazard: every DELETE and every change of a key in the table it refers to reads this table from end to end, with the row
locked; so does every join that follows the key.

Why: PostgreSQL makes an index for the key that is referred to, and none for the columns that refer.

Bad:
    op.create_foreign_key(
        "fk_orders_customer", "orders", "customers", ["customer_id"], ["id"], postgresql_not_valid=True
    )

Good:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_customer_id", "orders", ["customer_id"], postgresql_concurrently=True)
    # next revision
    op.create_foreign_key(
        "fk_orders_customer", "orders", "customers", ["customer_id"], ["id"], postgresql_not_valid=True
    )

When to suppress: the other table's rows are never deleted, and nothing joins along the key.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.design import foreign_keys, leads_an_index
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A foreign key that the revision made, on columns that begin no index when it has run."""
    if subject.rehearsed is None:
        return
    made = {
        (change.relation, change.name): facts
        for facts in subject.statements
        for change in facts.changes
        if change.what == "constraint" and change.made
    }
    for name, table in subject.rehearsed.tables.items():
        for key, columns in foreign_keys(table):
            facts = made.get((name, key))
            if facts is not None and not leads_an_index(table, columns):
                bare = name.rpartition(".")[2]
                index = {"name": f"ix_{bare}_{'_'.join(columns)}", "columns": list(columns)}
                yield Hazard(
                    f"foreign key {key} of {name} has no index on {', '.join(columns)}",
                    "every DELETE in the table it refers to reads this one from end to end",
                    code.by_itself([code.create_index(name, index, concurrently=True)]),
                    span=facts.span,
                )

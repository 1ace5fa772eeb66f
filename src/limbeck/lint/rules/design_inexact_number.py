"""An amount is kept in a type that cannot hold it.

Hazard: 0.1 + 0.2 is not 0.3; sums differ from what is on the invoice, by a cent at first.

Why: real and double precision are binary fractions; money has the currency of whoever looks.

Bad:
    op.add_column("orders", sa.Column("shipping_price", sa.Float()))

Good:
    op.add_column("orders", sa.Column("shipping_price", sa.Numeric(10, 2)))

When to suppress: it is measured, not counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.design import new_columns
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE
_INEXACT = ("real", "double precision")
_COUNTED = frozenset(
    [
        "price",
        "amount",
        "total",
        "balance",
        "cost",
        "fee",
        "tax",
        "sum",
        "salary",
        "payment",
        "budget",
        "revenue",
        "discount",
    ]
)


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A new column that counts money, in binary fractions or in `money`."""
    for column in new_columns(subject):
        if column.type == "money" or (column.type in _INEXACT and _COUNTED.intersection(column.words)):
            yield Hazard(
                f"{column.table}.{column.name} counts in {column.type}",
                "sums are not what their parts add up to"
                if column.type in _INEXACT
                else "the currency is that of whoever looks",
                f'sa.Column("{column.name}", sa.Numeric(12, 2))',
                span=column.span,
            )

"""A moment is kept without its time zone.

Hazard: the same column means another moment to a server in another zone, and an hour of every autumn is there twice.

Why: timestamp without time zone is what a clock on some wall showed; timestamp with time zone is a moment.

Bad:
    op.add_column("orders", sa.Column("paid_at", sa.DateTime()))

Good:
    op.add_column("orders", sa.Column("paid_at", sa.DateTime(timezone=True)))

When to suppress: it is what a clock on a wall shows, as of a shop that opens at nine wherever it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.design import new_columns
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A new column of a timestamp or time without a zone."""
    for column in new_columns(subject):
        if column.type.startswith("timestamp") and column.type.endswith("without time zone"):
            yield Hazard(
                f"{column.table}.{column.name} is a moment without a time zone",
                "it means another moment to a server in another zone",
                f'sa.Column("{column.name}", sa.DateTime(timezone=True))',
                span=column.span,
            )

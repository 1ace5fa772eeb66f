"""A statement fails because of rows that a populated table is bound to have.

Hazard: the upgrade works on the developer's empty database and fails in production.

Why: it was run on tables with rows, as the chain itself leaves them: a column that was added without a default is NULL
in the old rows until something fills it, and one that was added with a constant is the same in all of them.

Bad:
    op.alter_column("orders", "currency", nullable=False)

Bad:
    op.create_unique_constraint("uq_orders_region", "orders", ["region"])

Given:
    op.add_column("orders", sa.Column("currency", sa.String(3)))
    op.add_column("orders", sa.Column("region", sa.String(3), server_default="EU"))

Good:
    op.execute("UPDATE orders SET currency = 'EUR' WHERE id = 0")

When to suppress: the rows were seen to outside of the chain; say how.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.changes import refused_column
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_WORDS = {
    "23502": ("a row with NULL is in the way", Severity.ERROR),
    "23505": ("rows that are the same are in the way", Severity.ERROR),
    "23514": ("a row that the check refuses is in the way", Severity.WARNING),
    "23503": ("a row that refers to nothing is in the way", Severity.WARNING),
    "23P01": ("rows that exclude each other are in the way", Severity.WARNING),
}


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A statement that the rows of a rehearsal have stopped."""
    if facts.sqlstate in _WORDS and refused_column(facts) is None:
        words, severity = _WORDS[facts.sqlstate]
        yield Hazard(
            f"{words}: {facts.error}",
            "the upgrade stops here on a database whose rows are like those of the rehearsal",
            "# fill or correct the rows in a revision before this one, in batches",
            severity=severity,
        )

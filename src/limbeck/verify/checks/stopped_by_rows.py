"""The upgrade works on empty tables, and rows that the tables allow stop it.

Hazard: it passes on the developer's empty database and fails in production.

Why: it was run on tables with rows that their own types and constraints allow, and then without.  A column that comes
with the revision and must be filled fails on any row, and so does a statement that is wrong and comes only where there
are rows; where only some rows would be in the way, it is for you to say whether there are such.

Bad:
    op.add_column("orders", sa.Column("currency", sa.String(3), nullable=False))

Bad:
    op.alter_column("orders", "status", nullable=False)

Good:
    def upgrade():
        op.add_column("orders", sa.Column("currency", sa.String(3), nullable=False, server_default="EUR"))

    def downgrade():
        op.drop_column("orders", "currency")

Good:
    def upgrade():
        op.execute("UPDATE customers SET name = '' WHERE name IS NULL")
        op.alter_column("customers", "name", nullable=False)

    # limbeck: irreversible[customers: name = ''] they may have been NULL
    def downgrade():
        op.alter_column("customers", "name", nullable=True)

When to suppress: the rows are seen to outside of the chain; say how.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.seen import Seen
from limbeck.verify.proof.trip import is_wrong, wants_value

SEVERITY = Severity.ERROR
_REMEDY = "# fill or correct the rows first, in the same revision or in one before it"
_CORRECT = "# correct the statement: without rows it is not issued, so that nobody has seen it fail"


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """An upgrade that came to its end without rows only."""
    stopped = seen.trip.rows_in_the_way
    if stopped is not None:
        wrong = is_wrong(stopped) and seen.places.holds(stopped.statement or "")
        certain = seen.trip.any_rows and (wrong or wants_value(stopped))
        yield Hazard(
            f"upgrade() fails on tables with rows: {stopped.error}",
            "it stops on a database with such rows"
            + ("" if seen.trip.any_rows else ", which are as extreme as their columns allow"),
            _CORRECT if wrong else _REMEDY,
            span=stopped.span or seen.places.function("upgrade"),
            severity=Severity.ERROR if certain else Severity.NOTE,
            known=Known.MEASURED,
        )

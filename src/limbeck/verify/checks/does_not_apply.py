"""The upgrade does not come to its end.

Hazard: the deploy stops here.

Why: it was run from base on a scratch database, behind its own ancestors; where rows stopped it, it was run again
without any, and failed all the same.  An error that is caught and ignored within a transaction aborts it: the statement
that failed first is the one that is told.  A type that `op.create_table` makes once more stops a deploy that begins
there, though not a run from base: SQLAlchemy remembers within one run which types it has made.

Bad:
    op.add_column("invoices", sa.Column("paid", sa.Boolean()))

Bad:
    def upgrade():
        try:
            op.drop_index("ix_orders_note", "orders")
        except sa.exc.DBAPIError:
            pass
        op.add_column("orders", sa.Column("paid", sa.Boolean()))

    def downgrade():
        op.drop_column("orders", "paid")

Good:
    def upgrade():
        op.execute("DROP INDEX IF EXISTS ix_orders_note")
        op.add_column("orders", sa.Column("paid", sa.Boolean()))

    def downgrade():
        op.drop_column("orders", "paid")

When to suppress: it needs what a scratch database cannot have; say what.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.places import Places
from limbeck.verify.proof.seen import Seen
from limbeck.verify.proof.trip import Stopped

SEVERITY = Severity.ERROR


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """An upgrade that goes in one run with an earlier one only."""
    if seen.trip.alone is not None:
        yield Hazard(
            f"upgrade() fails as the first of a run: {seen.trip.alone.error}",
            "a deploy that begins here stops; from base on it goes, since SQLAlchemy remembers within one run which "
            "types it has made",
            'postgresql.ENUM(..., name="...", create_type=False)  # where the type is there already',
            span=seen.trip.alone.span or seen.places.function("upgrade"),
            known=Known.MEASURED,
        )


def hazard(stopped: Stopped, path: str) -> Hazard:
    """What is told of an upgrade that was stopped."""
    return Hazard(
        f"upgrade() fails: {stopped.error}",
        "a deploy stops here, and what comes behind it is not proved",
        span=stopped.span or Places(path).function("upgrade"),
        known=Known.MEASURED,
    )

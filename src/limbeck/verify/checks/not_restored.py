"""The way back does not restore what was there before the upgrade, or takes what it should not.

Hazard: the code of the release before meets another schema than the one that it was made for.

Why: the catalogue after upgrade and downgrade was compared with the one before, as a whole.

Bad:
    def upgrade():
        op.drop_index("ix_orders_placed_at", "orders")

    def downgrade():
        op.execute("SELECT 1")

Bad:
    def upgrade():
        op.add_column("orders", sa.Column("source", sa.Text()))

    def downgrade():
        op.drop_column("orders", "source")
        op.drop_column("orders", "note")

Good:
    def upgrade():
        op.drop_index("ix_orders_placed_at", "orders")

    def downgrade():
        op.create_index("ix_orders_placed_at", "orders", ["placed_at"])

When to suppress: the difference is wanted; say which.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.database.catalogue import Action, Change
from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.seen import Seen

SEVERITY = Severity.ERROR


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """What was there before, and is gone or another after the way back."""
    for change in seen.lost():
        taken = seen.taken(change)
        yield Hazard(
            _message(change, taken=taken),
            "code of the release before meets another schema than its own",
            "# take this out of downgrade()" if taken else "# restore it in downgrade(), as it was",
            span=seen.span(change.was or change.identity),
            known=Known.MEASURED,
        )


def _message(change: Change, *, taken: bool) -> str:
    if change.action is Action.DROPPED:
        what = "takes" if taken else "does not bring back"
        return f"downgrade() {what} {change.identity}" + (", which was there before the upgrade" if taken else "")
    if change.action is Action.RENAMED:
        return f"downgrade() does not restore a name: {change.sentence}"
    return f"downgrade() {'changes' if taken else 'does not restore'} {change.sentence}"

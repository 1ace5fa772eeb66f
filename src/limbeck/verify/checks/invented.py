"""The way back makes something that was never there.

Hazard: after a downgrade there is a table or a column that no release knows, and the chain will never drop.

Why: the catalogue after upgrade and downgrade was compared with the ones before and after the upgrade.

Bad:
    def upgrade():
        op.drop_index("ix_orders_placed_at", "orders")

    def downgrade():
        op.create_index("ix_orders_placed_at", "orders", ["placed_at"])
        op.create_table("orders_before", sa.Column("id", sa.Integer(), primary_key=True))

Good:
    def upgrade():
        op.drop_index("ix_orders_placed_at", "orders")

    def downgrade():
        op.create_index("ix_orders_placed_at", "orders", ["placed_at"])

When to suppress: it keeps what the way back would lose; say for how long.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.seen import Seen

SEVERITY = Severity.ERROR


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """What is there after the way back, and was there neither before nor after the upgrade."""
    for change in seen.invented():
        yield Hazard(
            f"downgrade() makes {change.identity}, which was not there before",
            "after a downgrade there is something that no release knows",
            "# take this out of downgrade()",
            span=seen.span(change.identity),
            known=Known.MEASURED,
        )

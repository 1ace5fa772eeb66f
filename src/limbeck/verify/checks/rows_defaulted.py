"""The values of a column are all the same one after up and down, whatever they were before the upgrade.

Hazard: nothing fails, and nobody notices: every account is `active` again.

Why: every table had rows; those before the upgrade were compared with those after the way back, column by column.

Bad:
    def upgrade():
        op.drop_column("orders", "status")

    def downgrade():
        op.add_column("orders", sa.Column("status", sa.String(20), server_default="new"))
        op.alter_column("orders", "status", server_default=None)

Good:
    # limbeck: irreversible[orders] the status is gone
    def upgrade():
        op.drop_column("orders", "status")

    def downgrade():
        op.add_column("orders", sa.Column("status", sa.String(20), server_default="new"))
        op.alter_column("orders", "status", server_default=None)

When to suppress: the value is right for every row; say why.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard
from limbeck.model.finding import Severity
from limbeck.verify.checks import rows_lost
from limbeck.verify.proof.losses import losses
from limbeck.verify.proof.seen import Seen

SEVERITY = Severity.ERROR


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """Columns that have been filled with one value."""
    for loss in losses(seen, "rows-defaulted"):
        yield rows_lost.hazard(seen, loss, "after a downgrade every row says the same, and nobody notices")

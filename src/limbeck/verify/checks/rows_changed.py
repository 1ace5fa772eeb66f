"""Values that were there before the upgrade are others after up and down.

Hazard: a release is taken back, and the rows are not what they were.

Why: every table had rows; those before the upgrade were compared with those after the way back, column by column.

Bad:
    def upgrade():
        op.execute("UPDATE orders SET note = upper(note)")

    def downgrade():
        op.execute("UPDATE orders SET note = lower(note)")

Good:
    # limbeck: irreversible[orders: note IS NOT NULL] nobody knows any more which letters were capital
    def upgrade():
        op.execute("UPDATE orders SET note = upper(note)")

    def downgrade():
        op.execute("UPDATE orders SET note = lower(note)")

When to suppress: the values are as good as those before; say why.
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
    """Rows that are not what they were."""
    for loss in losses(seen, "rows-changed"):
        yield rows_lost.hazard(seen, loss, "after a downgrade the rows are not what was written before the upgrade")

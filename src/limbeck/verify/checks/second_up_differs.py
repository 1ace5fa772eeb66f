"""After up and down, the second upgrade fails, or leads elsewhere than the first.

Hazard: a release is taken back and rolled out again, and that is the first time anybody tries.

Why: after the way back, which left the catalogue as it was, the upgrade was run once more, and its catalogue compared
with that of the first.  An upgrade of DDL alone (tables, columns, indexes, constraints) that reads nothing makes of the
same catalogue the same: of that it is seen that it succeeds again.

Bad:
    def upgrade():
        table = "seen" if op.get_bind().scalar(sa.text("SELECT count(*) FROM orders WHERE status = 'old'")) else "fresh"
        op.create_table(table, sa.Column("id", sa.Integer(), primary_key=True))
        op.execute("UPDATE orders SET status = 'old'")

    # limbeck: irreversible[orders: status = 'older'] that is how it is
    def downgrade():
        op.execute("DROP TABLE IF EXISTS seen, fresh")

Good:
    def upgrade():
        op.create_table("seen", sa.Column("id", sa.Integer(), primary_key=True))

    def downgrade():
        op.drop_table("seen")

When to suppress: never; find out on what the upgrade depends.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.database.catalogue import outermost
from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.seen import Seen
from limbeck.verify.proof.separated import separated
from limbeck.verify.proof.trip import may_be_of_rows

SEVERITY = Severity.ERROR


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """A second upgrade that is not like the first, where the way back is not to blame."""
    back = seen.back
    if back is None or seen.changes:
        return
    effect = "the same release, rolled out again, fails or makes another schema"
    if back.again_stopped is not None:
        if seen.trip.rows_in_the_way is not None and may_be_of_rows(back.again_stopped):
            return  # the same rows were in the way of the first
        place = back.again_stopped.span or seen.places.function("upgrade")
        yield Hazard(f"the second upgrade fails: {back.again_stopped.error}", effect, span=place, known=Known.MEASURED)
    elif back.again is not None:
        for change in outermost(separated(seen.trip.after, back.again)):
            place = seen.upgrade_span(change.identity)
            yield Hazard(f"after the second upgrade, {change.sentence}", effect, span=place, known=Known.MEASURED)

"""The way back leaves something behind that the upgrade made.

Hazard: the next upgrade runs into it: a type or a table that exists already.

Why: the catalogue after upgrade and downgrade was compared with the one before, as a whole. An extension that the
next upgrade does not mind (IF NOT EXISTS) is a note: others may use it.

Bad:
    def upgrade():
        op.create_table(
            "parcels",
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("size", sa.Enum("small", "large", name="size")),
        )

    def downgrade():
        op.drop_table("parcels")

Good:
    def upgrade():
        op.create_table(
            "parcels",
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("size", sa.Enum("small", "large", name="size")),
        )

    def downgrade():
        op.drop_table("parcels")
        op.execute("DROP TYPE size")

When to suppress: it is left on purpose, as an extension that others use too; say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.database.catalogue import Kind
from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.remedies import dropping
from limbeck.verify.proof.seen import Seen

SEVERITY = Severity.ERROR


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """What is there after the way back, and was made by the upgrade."""
    again = seen.back.again_stopped if seen.back is not None else None
    effect = (
        f"the next upgrade fails: {again.error}"
        if again is not None
        else "the database is not what its version says, and what comes next runs into it"
    )
    for change in seen.left():
        # An extension is the database's rather than the chain's: what else uses it would go with it.
        spared = change.identity.kind == Kind.EXTENSION and again is None
        yield Hazard(
            f"downgrade() leaves {change.identity} behind",
            "the next upgrade finds it there, and goes on" if spared else effect,
            dropping(change.identity),
            severity=Severity.NOTE if spared else None,
            span=seen.span(change.identity),
            known=Known.MEASURED,
        )

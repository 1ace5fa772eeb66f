"""An upgrade that does nothing.

Hazard: what it was made for was never written, and the chain says that it was.

Why: it ran and issued no statement.  A revision that brings branches together, or begins one, may be empty.

Bad:
    def upgrade():
        pass

    def downgrade():
        pass

Good:
    def upgrade():
        op.add_column("orders", sa.Column("source", sa.Text()))

    def downgrade():
        op.drop_column("orders", "source")

When to suppress: it marks a place in the chain on purpose; say for what.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.seen import Seen

SEVERITY = Severity.WARNING


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """One that issued nothing, and has no code for other cases either."""
    revision = seen.revision
    if seen.trip.issued or len(revision.parents) > 1 or revision.labels or revision.depends_on:
        return
    if seen.places.is_empty("upgrade"):
        yield Hazard(
            "upgrade() does nothing",
            "the chain is longer, and the database is not changed",
            "# write what it was made for, or remove the revision before it has run anywhere",
            span=seen.places.function("upgrade"),
            known=Known.MEASURED,
        )

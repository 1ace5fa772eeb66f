"""A revision declares that it cannot be undone, and the declaration refuses nobody.

Hazard: limbeck counts the rows that a declaration names before it takes a step back.  Where they cannot be counted, a
way back stops with an error that nobody understands; where the table is none, it is not stopped at all.

Why: the rows were counted on the scratch database, after the upgrade.

Bad:
    # limbeck: irreversible[orders: colour = 'red'] red orders cannot go back
    def upgrade():
        op.execute("UPDATE orders SET status = 'old'")

    def downgrade():
        op.execute("UPDATE orders SET status = 'new'")

Good:
    # limbeck: irreversible[orders: status IS NOT NULL] the status is gone
    def upgrade():
        op.execute("UPDATE orders SET status = 'old'")

    def downgrade():
        op.execute("UPDATE orders SET status = 'new'")

When to suppress: the table has that name only later in the chain.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.model.revision import Span
from limbeck.verify.proof.seen import Seen

SEVERITY = Severity.ERROR


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """Declarations whose rows cannot be counted."""
    declared = seen.trip.declared
    for each in declared:
        if each.error is not None:
            yield _hazard(seen, each.declaration.line, f"the rows in the way cannot be counted: {each.error}")
    if declared and all(each.rows is None and each.error is None for each in declared) and not seen.trip.is_refused:
        tables = ", ".join(each.declaration.table for each in declared)
        yield _hazard(seen, declared[0].declaration.line, f"no declaration names a table that there is: {tables}")


def _hazard(seen: Seen, line: int, message: str) -> Hazard:
    place = Span(seen.revision.path, line) if line else seen.places.downgrade()
    return Hazard(message, "the way back is not refused in time", "", span=place, known=Known.MEASURED)

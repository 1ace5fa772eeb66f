"""There is no way back: downgrade() is missing, does nothing, refuses, or fails.

Hazard: it is found out when a way back is needed.

Why: the downgrade was run after the upgrade, with rows, and where rows stopped it, with fewer and without.  One that
does nothing changes the version and not the tables.  What truly cannot be undone is declared in the file, with the rows
that are in the way: then limbeck refuses before the first statement, and nothing is found here.

Bad:
    def upgrade():
        op.add_column("orders", sa.Column("source", sa.Text()))

    def downgrade():
        pass

Bad:
    def upgrade():
        op.add_column("orders", sa.Column("source", sa.Text()))

    def downgrade():
        raise NotImplementedError()

Bad:
    def upgrade():
        op.drop_column("customers", "email")

    def downgrade():
        op.add_column("customers", sa.Column("email", sa.String(100), nullable=False))

Good:
    def upgrade():
        op.add_column("orders", sa.Column("source", sa.Text()))

    def downgrade():
        op.drop_column("orders", "source")

Good:
    # limbeck: irreversible[customers] the addresses are gone
    def upgrade():
        op.drop_column("customers", "email")

    def downgrade():
        raise NotImplementedError("the addresses are gone")

When to suppress: nobody will ever go back behind this revision, and no row says so; say why.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.seen import Seen
from limbeck.verify.proof.trip import Back, On, Stopped, is_wrong

SEVERITY = Severity.ERROR
_UNPROVED = "nobody can go back behind this revision, and that is found out when one must"
_DECLARE = "# limbeck: irreversible[TABLE: CONDITION] WHY\n# above upgrade(), when what the rows held cannot come back"
_OF_PROJECT = ("P0", "IR")


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """A way back that did not come to its end, or was none."""
    trip = seen.trip
    if not trip.ways or trip.left_out is not None:
        return
    last = trip.ways[-1]
    if last.stopped is not None:
        if not (trip.is_refused and _is_refusal(last.stopped)):
            yield _failed(seen, last.stopped)
    elif seen.does_nothing_back and not trip.is_refused:
        yield _nothing(seen)
    elif len(trip.ways) > 1 and not trip.is_refused:
        yield _on_rows(seen, trip.ways)


def _failed(seen: Seen, stopped: Stopped) -> Hazard:
    if not seen.places.has("downgrade") and stopped.span is None and stopped.sqlstate is None:
        message = "there is no downgrade()"
    elif _is_refusal(stopped):
        message = f"downgrade() refuses: {stopped.error}"
    else:
        message = f"downgrade() fails: {stopped.error}"
    place = stopped.span or seen.places.downgrade()
    return Hazard(message, _UNPROVED, _DECLARE if _is_refusal(stopped) else "", span=place, known=Known.MEASURED)


def _nothing(seen: Seen) -> Hazard:
    left = [str(change.identity) for change in seen.changes]
    more = f" and {len(left) - 3} more" if len(left) > 3 else ""
    return Hazard(
        f"downgrade() does nothing, and upgrade() made or changed {', '.join(left[:3])}{more}",
        "the version says that the database is at the revision before; the next upgrade runs into what is there",
        "# undo in downgrade() what upgrade() does",
        span=seen.places.downgrade(),
        known=Known.MEASURED,
    )


def _on_rows(seen: Seen, ways: tuple[Back, ...]) -> Hazard:
    first = ways[0].stopped
    assert first is not None
    old = ways[-1].on is On.OLD
    # Made of what made-up rows say, which is no name of anything: it is for the reader to say whether real ones are.
    made_of_rows = is_wrong(first) and not seen.places.holds(first.statement or "")
    rows = "with rows that came after the upgrade" if old else "with the rows that were there before the upgrade"
    return Hazard(
        f"downgrade() {'refuses' if _is_refusal(first) else 'fails'} {rows}: {first.error}",
        "the way back ends at the first such row",
        _DECLARE,
        span=first.span or seen.places.downgrade(),
        severity=Severity.NOTE if old or made_of_rows else Severity.ERROR,
        known=Known.MEASURED,
    )


def _is_refusal(stopped: Stopped) -> bool:
    """Whether the revision itself says no."""
    return stopped.refused or (stopped.sqlstate or "").startswith(_OF_PROJECT)

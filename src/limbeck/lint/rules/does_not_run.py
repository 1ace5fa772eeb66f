"""A revision fails on a database that is at its parents.

Hazard: the upgrade stops here, on every database.  What the revision did outside of transactions before it failed
stays.

Why: it was run on a scratch database on which all revisions before it have run, and the server refused a statement, or
the code raised an error.  A type that `op.create_table` makes once more stops a deploy that begins there, though not a
run from base: SQLAlchemy remembers within one run which types it has made.

Bad:
    op.add_column("orders", sa.Column("status", sa.Text()))

Good:
    op.add_column("orders", sa.Column("state", sa.Text()))

When to suppress: what it needs is made by hand, outside of the chain; say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Known
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR
_TOLD_ELSEWHERE = ("25001", "55P04")  # by not-in-this-transaction


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A rehearsal that did not come to its end."""
    rehearsed = subject.rehearsed
    if rehearsed is not None and rehearsed.alone is not None:
        yield Hazard(
            f"upgrade() fails as the first of a run: {rehearsed.alone}",
            "a deploy that begins here stops; from base on it goes, since SQLAlchemy remembers within one run which "
            "types it has made",
            'postgresql.ENUM(..., name="...", create_type=False)  # where the type is there already',
            span=rehearsed.place or subject.place(),
            known=Known.MEASURED,
        )
    if rehearsed is not None and rehearsed.failed is not None and rehearsed.unmeasured is None:
        last = rehearsed.statements[-1] if rehearsed.statements else None
        if last is not None and last.sqlstate in _TOLD_ELSEWHERE:
            return
        span = last.span if last is not None and last.error is not None else None
        yield Hazard(
            f"upgrade() fails: {rehearsed.failed}",
            "the upgrade stops here, and nothing behind it runs",
            span=span or rehearsed.place or subject.place(),
            known=Known.MEASURED,
        )

"""A comment for limbeck says something that limbeck does not know.

Hazard: `limbeck upgrade` refuses the revision before its first step; and what the comment was to say holds for nobody:
a bound, what cannot be undone, which rule is silenced.

Why: only the names of bounds (`lock_timeout=5s`), `irreversible[table: condition] reason` and `allow[rule] reason` mean
something.

Bad:
    # limbeck: irreversible(orders) the notes are gone
    op.drop_column("orders", "note")  # limbeck: allow[column-dropped] nobody reads it

Good:
    # limbeck: irreversible[orders: note IS NOT NULL] the notes are gone
    op.drop_column("orders", "note")  # limbeck: allow[column-dropped] nobody reads it

When to suppress: never; correct the comment.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.graph.declarations import bounds_in
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.errors import UsageError
from limbeck.model.finding import Severity
from limbeck.model.revision import Span

SEVERITY = Severity.ERROR


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """Each line that a run would refuse."""
    for number, line in enumerate(subject.source.splitlines() if "limbeck" in subject.source else (), 1):
        try:
            bounds_in(line)
        except UsageError as refused:
            yield Hazard(
                refused.message,
                "an upgrade or downgrade of this revision is refused",
                refused.hint or "",
                span=Span(subject.revision.path, number),
            )

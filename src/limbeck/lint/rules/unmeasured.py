"""Nobody has seen what a revision does to a database.

Hazard: the rules that judge what a statement locks, rewrites and reads have nothing to go by.

Why: there is no scratch server, or an extension is missing on it, or an earlier revision of the chain does not run.

When to suppress: never; give lint what it says is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Known
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A revision that was to be measured and was not."""
    rehearsed = subject.rehearsed
    if rehearsed is not None and rehearsed.unmeasured is not None:
        yield Hazard(
            f"not measured: {rehearsed.unmeasured}",
            "what it locks, rewrites and reads is not known",
            rehearsed.hint or "",
            known=Known.FILE,
            span=subject.place(),
        )

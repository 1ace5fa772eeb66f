"""Nobody has seen what a revision does to a database.

Hazard: the rules that judge what a statement locks, rewrites and reads have nothing to go by.

Why: there is no scratch server, or an extension is missing on it, or an earlier revision of the chain does not run.

When to suppress: never; give lint what it says is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Chain, Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_chain(chain: Chain) -> Iterator[Hazard]:
    """Revisions that were to be measured and were not, those with the same reason together."""
    by_reason: dict[str, list[Subject]] = {}
    for subject in chain.subjects:
        if subject.rehearsed is not None and subject.rehearsed.unmeasured is not None:
            by_reason.setdefault(subject.rehearsed.unmeasured, []).append(subject)
    for reason, subjects in by_reason.items():
        first = subjects[0]
        others = f", and {len(subjects) - 1} more behind it" if len(subjects) > 1 else ""
        yield Hazard(
            f"{first.revision.id}{others}: not measured: {reason}",
            "what it locks, rewrites and reads is not known",
            (first.rehearsed.hint if first.rehearsed is not None else None) or "",
            span=first.place(),
            revision=first.revision.id,
        )

"""The files do not make one chain.

Hazard: `alembic upgrade head` refuses, runs another revision than the one that was meant, or fails when it writes the
version: an identifier that does not fit into the version table's column is refused after everything else has run.

Why: two branches were merged and nobody merged their heads; a file was copied with its identifier; a parent was
renamed.

When to suppress: several heads are on purpose, and every deploy says `heads`.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Chain, Hazard
from limbeck.model.finding import Severity
from limbeck.model.revision import Span

SEVERITY = Severity.ERROR


def judge_chain(chain: Chain) -> Iterator[Hazard]:
    """What breaks the chain, and other faults of the revisions that are looked at."""
    looked_at = {subject.revision.path: subject.revision.id for subject in chain.subjects}
    for fault in chain.graph.faults:
        if fault.broken or fault.path in looked_at or fault.rule == "multiple-heads":
            yield Hazard(
                f"{fault.rule}: {fault.message}",
                "Alembic cannot work with this chain" if fault.broken else "it works today, and stops a deploy one day",
                fault.hint,
                span=Span(fault.path, max(fault.line, 1)),
                severity=None if fault.broken or fault.rule in _STOPS else Severity.WARNING,
                revision=looked_at.get(fault.path),
            )


_STOPS = ("id-too-long", "multiple-heads", "no-upgrade")

"""What a run of lint came to."""

from __future__ import annotations

from typing import NamedTuple

from limbeck.model.finding import Finding, Severity


class LintOutcome(NamedTuple):
    """What a run of lint came to.

    Attributes:
        findings: in the order of the chain.
        design: what the rules of design have to say of the schema that comes out, when it was not asked for.
        silenced: how many more a suppression has silenced.
        known: how many more are in the baseline.
        revisions: those that were looked at, in the order of execution.
        because: why those.
        server: the version of the server on which they were measured; None when none was.
        measured: how many were measured now; the others were known.
        threshold: the severity from which on the run fails; None for never.
    """

    findings: tuple[Finding, ...]
    design: tuple[Finding, ...]
    silenced: int
    known: int
    revisions: tuple[str, ...]
    because: str
    server: str | None
    measured: int
    threshold: Severity | None

    @property
    def fails(self) -> bool:
        """Whether a finding is at or over the threshold."""
        threshold = self.threshold
        return threshold is not None and any(finding.severity.rank >= threshold.rank for finding in self.findings)

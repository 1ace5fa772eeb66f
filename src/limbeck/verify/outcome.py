"""What a run of verify came to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from limbeck.model.finding import Finding, Severity


class VerifyOutcome(NamedTuple):
    """What a run of verify came to.

    Attributes:
        findings: in the order of the chain.
        silenced: how many more a suppression has silenced.
        revisions: those that were proved, in the order of execution.
        unproved: how many of them could not be.
        because: why those.
        server: the database and its version.
        proved: how many were proved now; the others were known.
        rows: whether tables were given rows.
        whole: what was proved of the chain as a whole, in words.
        by_nature: how many tables and columns that only a revision made are lost on its way down, by revision.
        threshold: the severity from which on the run fails; None for never.
    """

    findings: tuple[Finding, ...]
    silenced: int
    revisions: tuple[str, ...]
    unproved: int
    because: str
    server: str
    proved: int
    rows: bool
    whole: tuple[str, ...]
    by_nature: Mapping[str, tuple[int, int]]
    threshold: Severity | None

    @property
    def fails(self) -> bool:
        """Whether a finding is at or over the threshold."""
        return any(map(self.is_failure, self.findings))

    def is_failure(self, finding: Finding) -> bool:
        """Whether a finding is at or over the threshold."""
        return self.threshold is not None and finding.severity.rank >= self.threshold.rank

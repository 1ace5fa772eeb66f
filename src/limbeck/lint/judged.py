"""What came of asking the rules."""

from __future__ import annotations

from limbeck.model.finding import Finding
from limbeck.model.record import NamedTuple


class Judged(NamedTuple):
    """Findings, as they are to be told.

    Attributes:
        findings: in the order of the chain, then of the lines.
        silenced: how many a suppression has silenced.
    """

    findings: tuple[Finding, ...]
    silenced: int

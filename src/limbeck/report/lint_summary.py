"""The end of lint's output: what was looked at, where it was measured, how much was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.model.finding import Severity

if TYPE_CHECKING:
    from typing import Any

    from limbeck.lint.outcome import LintOutcome


def summary_text(outcome: LintOutcome) -> str:
    """Two lines."""
    return f"{looked_text(outcome)}\n{counts_text(outcome)}"


def looked_text(outcome: LintOutcome) -> str:
    """What was looked at, and where it was measured."""
    count = len(outcome.revisions)
    looked = f"{count} revision{'' if count == 1 else 's'} looked at ({outcome.because})"
    if outcome.server is not None:
        kept = count - outcome.measured
        known = f", {kept} of them earlier" if kept and outcome.measured else " earlier" if kept else ""
        return f"{looked}, measured on PostgreSQL {outcome.server}{known}"
    return f"{looked}, nothing measured" if count else looked


def counts_text(outcome: LintOutcome) -> str:
    """How much was found, and how much is not told."""
    numbers = [sum(finding.severity is severity for finding in outcome.findings) for severity in _WORST_FIRST]
    told = [
        f"{number} {severity}{'' if number == 1 else 's'}"
        for number, severity in zip(numbers, _WORST_FIRST, strict=True)
        if number
    ]
    silenced = f", {outcome.silenced} silenced" if outcome.silenced else ""
    known = f", {outcome.known} in the baseline" if outcome.known else ""
    remarks = len(outcome.design)
    design = f"; {remarks} remark{'' if remarks == 1 else 's'} on the schema's design: --design" if remarks else ""
    return f"{', '.join(told) or 'no findings'}{silenced}{known}{design}"


_WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def summary_json(outcome: LintOutcome) -> dict[str, Any]:
    """The documented keys beside `findings`."""
    return {
        "revisions": list(outcome.revisions),
        "because": outcome.because,
        "server": outcome.server,
        "silenced": outcome.silenced,
        "known": outcome.known,
        "failed": outcome.fails,
    }

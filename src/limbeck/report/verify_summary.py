"""The end of verify's output: what was proved, where, how much was found."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from limbeck.model.finding import Severity

if TYPE_CHECKING:
    from typing import Any

    from limbeck.verify.outcome import VerifyOutcome

_WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def summary_text(outcome: VerifyOutcome) -> str:
    """A few lines."""
    lines = [looked_text(outcome), *outcome.whole]
    lost = Counter[str]()
    for counted in outcome.by_nature.values():
        lost.update(counted)
    if lost:
        what = " and ".join(f"{count} {_plural(name, count)}" for name, count in sorted(lost.items(), reverse=True))
        lines.append(f"lost by nature on the ways down, since only new tables and columns held it: {what}")
    return "\n".join([*lines, counts_text(outcome)])


def looked_text(outcome: VerifyOutcome) -> str:
    """What was proved, and where."""
    count = len(outcome.revisions)
    looked = f"{count} revision{'' if count == 1 else 's'} proved ({outcome.because})"
    kept = count - outcome.proved
    known = f", {kept} of them earlier" if kept and outcome.proved else " earlier" if kept else ""
    return f"{looked}, up, down and up on {outcome.server}{known}"


def counts_text(outcome: VerifyOutcome) -> str:
    """How much was found, and how much is not told."""
    numbers = [sum(finding.severity is severity for finding in outcome.findings) for severity in _WORST_FIRST]
    told = [
        f"{number} {severity}{'' if number == 1 else 's'}"
        for number, severity in zip(numbers, _WORST_FIRST, strict=True)
        if number
    ]
    silenced = f", {outcome.silenced} silenced" if outcome.silenced else ""
    return f"{', '.join(told) or 'no findings'}{silenced}"


def summary_json(outcome: VerifyOutcome) -> dict[str, Any]:
    """The documented keys beside `findings`."""
    return {
        "revisions": list(outcome.revisions),
        "because": outcome.because,
        "server": outcome.server,
        "lost_by_nature": [
            {"revision": revision, "tables": counted.get("tables", 0), "columns": counted.get("columns", 0)}
            for revision, counted in outcome.by_nature.items()
        ],
        "silenced": outcome.silenced,
        "failed": outcome.fails,
    }


def _plural(name: str, count: int) -> str:
    return name if count != 1 else name.removesuffix("s")

"""The end of verify's output: what was proved, where, how much was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.model.finding import Severity

if TYPE_CHECKING:
    from typing import Any

    from limbeck.verify.outcome import VerifyOutcome

_WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def summary_text(outcome: VerifyOutcome) -> str:
    """A few lines."""
    lines = [looked_text(outcome)]
    if outcome.whole:
        lines.append(f"the chain as a whole: {'; '.join(outcome.whole)}")
    tables = sum(each[0] for each in outcome.by_nature.values())
    columns = sum(each[1] for each in outcome.by_nature.values())
    if tables or columns:
        counted = ((tables, "table"), (columns, "column"))
        what = " and ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counted if count)
        lines.append(f"lost by nature on the ways down, since only new tables and columns held it: {what}")
    return "\n".join([*lines, counts_text(outcome)])


def looked_text(outcome: VerifyOutcome) -> str:
    """What was proved, and where."""
    count = len(outcome.revisions)
    some = f"{count - outcome.unproved} of " if outcome.unproved else ""
    looked = f"{some}{count} revision{'' if count == 1 else 's'} proved ({outcome.because})"
    kept = count - outcome.proved
    known = f", {kept} of them earlier" if kept and outcome.proved else " earlier" if kept else ""
    rows = "" if outcome.rows else " without rows"
    return f"{looked}, up, down and up{rows} on {outcome.server}{known}"


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
        "rows": outcome.rows,
        "whole": list(outcome.whole),
        "lost_by_nature": [
            {"revision": revision, "tables": tables, "columns": columns}
            for revision, (tables, columns) in outcome.by_nature.items()
        ],
        "silenced": outcome.silenced,
        "failed": outcome.fails,
    }

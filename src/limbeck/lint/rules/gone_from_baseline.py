"""A finding of the baseline is found no more.

Hazard: its entry is still there, and would keep silent about the next finding like it.

Why: the statement or the revision is another, or gone; or a comment in the file silences the rule.

When to suppress: never; write the baseline anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.baseline import Entry
from limbeck.lint.subject import Hazard
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE


def judge_baseline(entry: Entry) -> Iterator[Hazard]:
    """An entry of the baseline that was not met, though its revision was looked at, or is no more."""
    place = f" in {entry.revision}" if entry.revision is not None else ""
    yield Hazard(
        f"{entry.rule}{place} is in the baseline, and is found no more: {entry.about}",
        "the entry would keep silent about the next one like it",
        "limbeck lint --all --write-baseline",
    )

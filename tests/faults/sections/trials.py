"""The table of trials: what became of disturbed runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.faults.page import table, tell
from tests.faults.verdict import Outcome, Trial

COLUMNS = ("system", "program", "disturbance", "times", *(outcome.value for outcome in Outcome), "told the truth")
_SHOWN = 3  # of what went wrong in the same way


class Group:
    """Trials of one kind: a row of the table."""

    def __init__(self, program: str, disturbance: str, trials: Sequence[Trial]) -> None:
        self.program = program
        self.trials = trials
        counted = Counter(trial.outcome for trial in trials)
        lived = [trial for trial in trials if trial.first.status >= 0]
        truth = f"{sum(trial.truthful for trial in lived)} of {len(lived)}" if lived else ""
        outcomes = [counted[outcome] for outcome in Outcome]
        self.row = (trials[0].system, program, disturbance, f"{len(trials):,}", *outcomes, truth)
        tell(" | ".join(map(str, self.row)))

    def examples(self) -> Iterable[tuple[str, ...]]:
        """Some trials that did not end as undisturbed, or whose run did not tell the truth."""
        bad = [trial for trial in self.trials if trial.outcome is not Outcome.EQUAL or not trial.truthful]
        for trial in bad[:: max(1, len(bad) // _SHOWN)][:_SHOWN]:
            what = trial.outcome.value if trial.outcome is not Outcome.EQUAL else "untrue"
            words = (trial.detail or trial.first.reason).splitlines()[0]
            yield trial.system, self.program, f"`{trial.where[:90]}`", what, f"`{words[:110]}`"


def trials_table(groups: Sequence[Group]) -> str:
    """The table, and examples of what went wrong."""
    examples = [example for group in groups for example in group.examples()]
    parts = [table(COLUMNS, [group.row for group in groups])]
    if examples:
        parts += [
            "Some of those that did not end well:",
            table(("system", "program", "where", "outcome", "because"), examples),
        ]
    return "\n\n".join(parts)

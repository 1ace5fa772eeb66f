"""Precision and recall over the corpus, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from tests.corpus.reading import Case, Label
from tests.corpus.trying import Tried


class Score(NamedTuple):
    """How a tool did on some cases.

    Attributes:
        cases: how many.
        hazards: labels that were to be found.
        found: how many of them were.
        false: findings that no label expects.
        alarmed: safe cases with any of them.
        safe: how many cases are safe.
    """

    cases: int = 0
    hazards: int = 0
    found: int = 0
    false: int = 0
    alarmed: int = 0
    safe: int = 0

    @property
    def recall(self) -> float:
        """The part of the hazards that were found."""
        return self.found / self.hazards if self.hazards else 1.0

    @property
    def precision(self) -> float:
        """The part of the findings that were right; each hazard counts as one."""
        told = self.found + self.false
        return self.found / told if told else 1.0

    def plus(self, case: Case, missed: int, false: int, count: Callable[[Label], bool]) -> Score:
        """With one more case."""
        wanted = sum(not label.optional and count(label) for label in case.labels)
        safe = not case.is_hazardous
        return Score(
            self.cases + 1,
            self.hazards + wanted,
            self.found + wanted - missed,
            self.false + false,
            self.alarmed + (safe and false > 0),
            self.safe + safe,
        )


def limbeck_scores(tried: Iterable[Tried]) -> dict[str, Score]:
    """By theme."""
    found: dict[str, Score] = {}
    for each in tried:
        score = found.get(each.case.theme, Score())
        found[each.case.theme] = score.plus(each.case, len(each.missed), len(each.false), lambda _: True)
    return found


def total(scores: Iterable[Score]) -> Score:
    """All together."""
    return Score(*(sum(column) for column in zip(*scores, strict=True)))


def table(scores: Mapping[str, Score]) -> str:
    """A Markdown table with a line a theme and one for all."""
    lines = [
        "| theme | cases | safe | hazards | found | false | recall | precision |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [_line(theme, score) for theme, score in scores.items()]
    return "\n".join([*lines, _line("**all**", total(scores.values()))])


def _line(name: str, score: Score) -> str:
    figures = (score.cases, score.safe, score.hazards, score.found, score.false)
    return f"| {name} | {' | '.join(map(str, figures))} | {score.recall:.3f} | {score.precision:.3f} |"

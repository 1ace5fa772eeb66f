"""What the steps of a plan will do, statement by statement, and where that is not sure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from limbeck.model.effects import ChangeRows, Effect
from limbeck.model.record import NamedTuple
from limbeck.sql.reading import effects_of

if TYPE_CHECKING:
    from limbeck.environment.foreseen import ForeseenStep
    from limbeck.model.revision import Span

_SHOWN = 60  # characters of a statement


class Pending(NamedTuple):
    """One effect of a step.

    Attributes:
        revision: whose step it is.
        effect: what will happen.
        span: the line of the revision file.
        words: the statement, shortened; or why it is not known what the step does from here on.
    """

    revision: str
    effect: Effect
    span: Span | None
    words: str

    @property
    def place(self) -> str:
        """In words: the revision, its line, what it does."""
        line = f" line {self.span.line}" if self.span is not None else ""
        return f"{self.revision}{line} ({self.words})"


def pending_effects(steps: Iterable[ForeseenStep], dialect: str) -> tuple[Pending, ...]:
    """The effects of all steps, in the order in which they will happen.

    A doubt stands among them as a change of any rows.

    Args:
        dialect: SQLAlchemy's name.
    """
    found: list[Pending] = []
    for step, doubts in steps:
        for position, statement in enumerate((*step.statements, None)):
            reasons = [doubt.reason for doubt in doubts if doubt.position == position]
            found += [Pending(step.revision, ChangeRows(None), None, reason) for reason in reasons]
            if statement is not None:
                words = _shortened(statement.sql)
                found += [
                    Pending(step.revision, effect, statement.span, words)
                    for effect in effects_of(statement.sql, dialect)
                ]
    return tuple(found)


def _shortened(sql: str) -> str:
    line = " ".join(sql.rstrip(";").split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"

"""Somebody who is told how a run goes, as it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from limbeck.model.plan import DatabaseState, Plan, Step


class Listener(Protocol):
    """What a run tells; each call returns at once, and may come from another thread than the run's."""

    def planned(self, plan: Plan, state: DatabaseState) -> None:
        """A database was reached, and this will run on it."""

    def started(self, step: Step, number: int, total: int) -> None:
        """Step `number` of `total` begins."""

    def finished(self, step: Step, number: int, total: int, seconds: float) -> None:
        """It has run."""

    def remark(self, text: str) -> None:
        """Something that the user should know now: a wait, what is in the way, what was put right."""

    def progress(self, text: str) -> None:
        """How long the statement under way has taken, and how far it has come: `12 s, building index, 45 %`.

        Told about twice a second of a statement that takes long.
        """

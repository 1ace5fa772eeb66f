"""A run that stops since others were in its way, as it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.environment.contention import Contention
from limbeck.model.duration import words
from limbeck.model.errors import LockNotHad, RunStopped, TargetUnavailable
from limbeck.model.record import NamedTuple
from limbeck.run.waits.blockers import Blocker, in_the_way

if TYPE_CHECKING:
    from limbeck.model.plan import RunResult

_SEE_TO_IT = "see to what is in the way, then type the same command again"


class Refusal(NamedTuple):
    """A database that refused for the sake of others, and is not asked again.

    Attributes:
        why: what it says.
        tries: how often it was tried; 0 when nothing could be tried again.
        seconds: from the first failure to the last.
        blockers: who was seen in the way.
        committed: part of the step is committed.
    """

    why: Contention
    tries: int
    seconds: float
    blockers: tuple[Blocker, ...]
    committed: bool

    def words(self) -> str:
        """The refusal for people: `tried 12 times in 5 min, held by pid 4711 (…)`."""
        if self.committed and not self.tries:
            tried = "not tried again, since part of the step is committed"
        else:
            tried = f"tried {self.tries} times in {words(self.seconds)}" if self.tries > 1 else "tried once"
        return ", ".join([tried, in_the_way(self.blockers)] if self.blockers else [tried])

    def before_any_step(self, message: str) -> TargetUnavailable:
        """The error of a run that has not come to its first step."""
        return TargetUnavailable(f"{message}; {self.words()}", hint=_SEE_TO_IT)

    def at_a_step(self, message: str, result: RunResult) -> RunStopped:
        """The error of a run that has stopped at a step."""
        told = f"{message}; {self.words()}"
        if self.committed:
            return RunStopped(told, hint=f"{_SEE_TO_IT}; part of the step stays done", result=result)
        if result.applied:
            return RunStopped(told, hint=f"{_SEE_TO_IT}; what was applied stays applied", result=result)
        return LockNotHad(told, hint=f"{_SEE_TO_IT}; nothing was changed", result=result)

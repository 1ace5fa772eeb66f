"""How long each try waits for a lock, and how long it is left alone before the next one."""

from __future__ import annotations

from collections.abc import Callable

from limbeck.model.bounds import Bounds
from limbeck.run.waits.blockers import Blocker

TRIES = 30
_STEPS = 3  # the first try waits for an eighth of `lock_timeout`, each further one twice as long, up to all of it
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.1, 15.0, 1.6  # seconds


class Climb:
    """The tries of one step.

    Attributes:
        failures: tries that have failed.
        blockers: who was seen in the way when all of `env.py` was last to be run again.
        over: there is to be no other.
    """

    def __init__(self, bounds: Bounds, clock: Callable[[], float], uniform: Callable[[float, float], float]) -> None:
        """Nothing has been tried yet.

        Args:
            clock: seconds from an arbitrary start.
            uniform: a random number between two.
        """
        self._bounds = bounds
        self._clock = clock
        self._uniform = uniform
        self._begun: float | None = None
        self.failures = 0
        self.blockers: tuple[Blocker, ...] = ()
        self.over = False

    @property
    def lock_timeout(self) -> float:
        """Seconds that the next try waits for a lock; 0 waits for ever, since `lock_timeout` says so."""
        longest = self._bounds.lock_timeout.seconds
        if not self._bounds.lock_wait.seconds:
            return longest
        return min(longest, longest * 2.0 ** (self.failures - _STEPS))

    @property
    def waited(self) -> float:
        """Seconds since the first try failed."""
        return self._clock() - self._begun if self._begun is not None else 0.0

    def failed(self) -> float | None:
        """A try has failed.

        Returns:
            seconds to leave the database alone, as long as the try has held others up at least half the time; None when
            there is to be no other try.
        """
        if self.over:
            return None
        if self._begun is None:
            self._begun = self._clock()
        held_up = self.lock_timeout
        self.failures += 1
        left = self._bounds.lock_wait.seconds - self.waited
        if self.failures >= TRIES or left <= 0:
            self.over = True
            return None
        pause = min(_LONGEST_PAUSE, max(held_up, _FIRST_PAUSE * _GROWTH ** (self.failures - 1)))
        return min(left, pause * self._uniform(0.5, 1.0))

"""Waiting for something by looking again and again, within a bound."""

from __future__ import annotations

import time
from collections.abc import Callable

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.05, 1.0, 1.5  # seconds between two looks


class Wait:
    """How to wait.

    Attributes:
        limit: seconds at most.
    """

    def __init__(
        self,
        limit: float,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limit = limit
        self._pause = pause
        self._clock = clock

    def until(self, condition: Callable[[], bool]) -> bool:
        """Wait until the condition holds; whether it did in time.  It is looked at once at least."""
        begun, pause = self._clock(), _FIRST_PAUSE
        while not condition():
            if self._clock() - begun >= self.limit:
                return False
            self._pause(min(pause, self.limit))
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)
        return True

"""A step that has begun and has not come to its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from limbeck.environment.failure import failed_step

if TYPE_CHECKING:
    from limbeck.model.plan import FailedStep, Step
    from limbeck.run.course import Course


class UnderWay:
    """The step, on one of a run's databases.

    Attributes:
        course: of that database.
        step: what runs.
    """

    def __init__(self, course: Course, step: Step, path: str, clock: Callable[[], float]) -> None:
        """It begins now.

        Args:
            path: of its file.
            clock: seconds from an arbitrary start.
        """
        self.course = course
        self.step = step
        self._path = path
        self._clock = clock
        self._begun = clock()
        self._stopped: float | None = None

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return self._clock() - self._begun

    def failed(self, error: BaseException, masked: Callable[[str], str]) -> FailedStep:
        """That it has failed; it ran until this was asked for the first time.

        Args:
            masked: takes passwords out of a text.
        """
        if self._stopped is None:
            self._stopped = self.seconds
        database = self.course.plan.database
        return failed_step(error, self.step.revision, self._path, self._stopped, database, masked)

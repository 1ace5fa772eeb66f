"""A run on all databases of a project: one course each, and what they come to together."""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.model.errors import RunStopped
from limbeck.model.plan import AppliedStep, DatabaseState, FailedStep, RunResult
from limbeck.run.course import Course


class Courses:
    """The courses of one run, in the order in which `env.py` has reached their databases."""

    def __init__(self) -> None:
        self._all: list[Course] = []
        self._earlier: list[AppliedStep] = []  # by a try of env.py before its last

    def __iter__(self) -> Iterator[Course]:
        return iter(self._all)

    def take_up(self, course: Course) -> None:
        """Add a course; one for the same database means that `env.py` tries again, and the earlier is history."""
        for earlier in [each for each in self._all if each.place == course.place]:
            self._all.remove(earlier)
            earlier.close()
            again = {step.revision for step in course.plan.steps}
            self._earlier += [step for step in earlier.applied() if step.revision not in again]
        self._all.append(course)

    def result(self, failed: FailedStep | None) -> RunResult:
        """How far all have come, by the databases' own word.

        Args:
            failed: the step that did not come to its end.
        """
        applied = list(self._earlier)
        pending: list[str] = []
        states: list[DatabaseState] = []
        for course in self._all:
            its_applied, its_pending, state = course.outcome()
            applied += its_applied
            pending += its_pending
            states.append(state)
        return RunResult(tuple(applied), failed, tuple(pending), tuple(states))

    def check_all(self, result: RunResult) -> None:
        """A step has happened when another connection sees it: a revision that commits or rolls back its connection by
        itself makes Alembic lose later revisions, and exit 0.

        Raises:
            RunStopped: a database does not hold what the run believes.
        """
        for course, state in zip(self._all, result.states, strict=True):
            self.check(course, state.rows)

    def check(self, course: Course, rows: tuple[str, ...] | None) -> None:
        """The same of one.

        Args:
            rows: of its version table, as another connection sees them; None when there is none.
        """
        refusal = course.refusal(rows)
        if refusal is not None:
            raise RunStopped(
                refusal,
                hint="look for commit() or rollback() on op.get_bind() in the revisions that ran, and in env.py",
                result=self.result(None),
            )

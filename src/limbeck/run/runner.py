"""A run: one command's steps on every database of a project, and the truth about how far it came."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from limbeck.environment.failure import line_in_file, one_line, sqlstate
from limbeck.environment.read_back import rows_on_another_connection
from limbeck.environment.step_guard import StepGuard
from limbeck.environment.steps import migration_steps
from limbeck.model.errors import LimbeckError, RunInterrupted, RunStopped
from limbeck.model.plan import AppliedStep, DatabaseState, Direction, FailedStep, Plan, RunResult, Step
from limbeck.model.revision import Span
from limbeck.plan import make_plan
from limbeck.run.irreversible import refuse_rows_in_the_way

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep

    from limbeck.environment.alembic_environment import AlembicEnvironment
    from limbeck.environment.reached import Reached
    from limbeck.graph import RevisionGraph


class Listener(Protocol):
    """Somebody who is told how a run goes, as it goes."""

    def planned(self, plan: Plan, state: DatabaseState) -> None:
        """A database was reached, and this will run on it."""

    def started(self, step: Step, number: int, total: int) -> None:
        """Step `number` of `total` begins."""

    def finished(self, step: Step, number: int, total: int, seconds: float) -> None:
        """It has run."""


@dataclasses.dataclass(slots=True)
class _Course:
    """How the run on one database goes."""

    reached: Reached
    plan: Plan
    done: list[float] = dataclasses.field(default_factory=list)  # seconds of each finished step

    @property
    def place(self) -> tuple[str, str, str, str | None, str | None]:
        """What tells this database, and this version table in it, from others."""
        state = self.reached.state
        return state.name, state.address, state.version_table, state.version_table_schema, self.reached.search_path


class Run:
    """One command's run; use `execute`."""

    def __init__(
        self,
        environment: AlembicEnvironment,
        graph: RevisionGraph,
        direction: Direction,
        target: str,
        listener: Listener,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._environment = environment
        self._graph = graph
        self._direction = direction
        self._target = target
        self._listener = listener
        self._clock = clock
        self._courses: list[_Course] = []
        self._earlier: list[AppliedStep] = []  # by a try of env.py before its last
        self._guard: StepGuard | None = None
        self._running: tuple[_Course, Step, RevisionStep, float] | None = None

    def execute(self) -> RunResult:
        """Run every step.

        Returns:
            the result, with what the databases say of themselves on a connection of their own afterwards.

        Raises:
            RunStopped: a step failed, or the databases do not hold what the run recorded; `result` says all of it.
            LimbeckError: refused before the first step.
        """
        try:
            self._environment.run(self._work)
        except KeyboardInterrupt as error:
            failed = self._failed(error) if self._running is not None else None
            raise RunInterrupted(
                "interrupted", hint="type the same command again to go on", result=self._result(failed)
            ) from error
        except LimbeckError as error:
            if self._running is None:
                if any(course.done for course in self._courses):
                    raise self._stopped(error.message, error.hint, None) from error
                raise
            told = self._guard.error if self._guard is not None else None
            failed = self._failed(told or error.__cause__ or error)
            raise self._stopped(
                f"{self._direction} stopped at {failed.revision}: {failed.error}", None, failed
            ) from error
        if self._running is not None:
            assert self._guard is not None
            failed = self._failed(self._guard.error or RuntimeError("the step's version row could not be written"))
            raise self._stopped(
                f"{self._direction} stopped at {failed.revision}, and env.py went on: {failed.error}", None, failed
            )
        result = self._result(None)
        self._check(result)
        return result

    def _work(self, reached: Reached) -> Iterator[RevisionStep]:
        plan = make_plan(self._graph, reached.state, self._direction, self._target)
        steps = migration_steps(
            self._environment.script,
            self._direction,
            [step.revision for step in plan.steps],
            rows=reached.state.rows,
            target=self._target,
        )
        if self._direction is Direction.DOWNGRADE:
            refuse_rows_in_the_way(self._graph, plan, reached)
        course = _Course(reached, plan)
        self._running = None
        self._begin(course)
        self._listener.planned(plan, reached.state)
        for number, (step, alembic_step) in enumerate(zip(plan.steps, steps, strict=True), 1):
            self._listener.started(step, number, len(steps))
            self._guard = StepGuard(reached.context)
            alembic_step.migration_fn = self._guard.wrap(alembic_step.migration_fn)
            self._running = (course, step, alembic_step, self._clock())
            yield alembic_step
            seconds = self._clock() - self._running[3]
            self._running = None
            course.done.append(seconds)
            self._listener.finished(step, number, len(steps), seconds)

    def _begin(self, course: _Course) -> None:
        """Take up a course; one for the same database means that `env.py` tries again, and the earlier is history."""
        for earlier in self._courses:
            if earlier.place == course.place:
                self._courses.remove(earlier)
                self._earlier += [
                    AppliedStep(step.revision, seconds, earlier.plan.database)
                    for step, seconds in zip(earlier.plan.steps, earlier.done, strict=False)
                    if step.revision not in {again.revision for again in course.plan.steps}
                ]
        self._courses.append(course)

    def _failed(self, error: BaseException) -> FailedStep:
        assert self._running is not None
        course, step, alembic_step, begun = self._running
        path = str(alembic_step.revision.path)
        line = line_in_file(error, path)
        statement = getattr(error, "statement", None)
        return FailedStep(
            revision=step.revision,
            seconds=self._clock() - begun,
            error=self._environment.masked(one_line(error)),
            sqlstate=sqlstate(error),
            statement=self._environment.masked(statement) if statement else None,
            span=Span(path, line) if line is not None else None,
            database=course.plan.database,
        )

    def _stopped(self, message: str, hint: str | None, failed: FailedStep | None) -> RunStopped:
        result = self._result(failed)
        return RunStopped(
            message,
            hint=hint or self._way_on(),
            result=result,
        )

    def _way_on(self) -> str:
        if self._running is not None and not self._running[0].reached.context.impl.transactional_ddl:
            return "what the step did before it failed stays: undo that by hand, then type the same command again"
        return "correct it, then type the same command again; what was applied stays applied"

    def _result(self, failed: FailedStep | None) -> RunResult:
        applied = list(self._earlier)
        pending: list[str] = []
        states: list[DatabaseState] = []
        for course in self._courses:
            plan = course.plan
            believed = self._rows_after(course)
            rows = rows_on_another_connection(course.reached)
            # Of the finished steps the database holds all, or fewer when they were rolled back together.
            holds = [count for count, after in enumerate(believed) if after == rows]
            count = holds[-1] if holds else len(course.done)
            applied += [
                AppliedStep(step.revision, seconds, plan.database)
                for step, seconds in zip(plan.steps[:count], course.done, strict=False)
            ]
            pending += [step.revision for step in plan.steps[count:]]
            states.append(course.reached.state._replace(rows=believed[-1] if rows is None else rows))
        return RunResult(tuple(applied), failed, tuple(pending), tuple(states))

    def _rows_after(self, course: _Course) -> list[tuple[str, ...]]:
        """The version table's rows before the first step, and after each that has finished."""
        from limbeck.graph import heads_after

        rows = [course.plan.start]
        for step, _ in zip(course.plan.steps, course.done, strict=False):
            rows.append(tuple(sorted(heads_after(self._graph, rows[-1], step.revision, step.direction.value))))
        return rows

    def _check(self, result: RunResult) -> None:
        """A step has happened when another connection sees it: a revision that commits or rolls back its connection by
        itself makes Alembic lose later revisions, and exit 0.
        """
        for course, state in zip(self._courses, result.states, strict=True):
            if sorted(state.rows) != sorted(course.plan.target):
                raise RunStopped(
                    f"the database is at {', '.join(state.rows) or 'base'}, but this run ended at "
                    f"{', '.join(course.plan.target) or 'base'}: what a step did was rolled back",
                    hint="look for commit() or rollback() on op.get_bind() in the revisions that ran, and in env.py",
                    result=result,
                )

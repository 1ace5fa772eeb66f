"""A run: one command's steps on every database of a project, and the truth about how far it came."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from limbeck.environment.failure import line_in_file, one_line, sqlstate
from limbeck.environment.second_connection import SecondConnection, lives_in_its_connection
from limbeck.environment.step_guard import StepGuard
from limbeck.environment.steps import migration_steps
from limbeck.model.duration import words
from limbeck.model.errors import LimbeckError, LockNotHad, RunInterrupted, RunStopped, TargetUnavailable
from limbeck.model.plan import AppliedStep, DatabaseState, Direction, FailedStep, RunResult, Step
from limbeck.model.revision import Span
from limbeck.plan import make_plan
from limbeck.run.course import Course
from limbeck.run.irreversible import refuse_rows_in_the_way
from limbeck.run.lock import Holder, Patience, exclusively, run_lock
from limbeck.run.waits import Waits

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, RevisionStep

    from limbeck.environment.alembic_environment import AlembicEnvironment
    from limbeck.environment.reached import Reached
    from limbeck.graph import RevisionGraph
    from limbeck.run.listener import Listener
    from limbeck.run.options import RunOptions

_SEE_TO_IT = "see to what is in the way, then type the same command again"


class Run:
    """One command's run; use `execute`."""

    def __init__(
        self,
        environment: AlembicEnvironment,
        graph: RevisionGraph,
        direction: Direction,
        target: str,
        options: RunOptions,
        listener: Listener,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._environment = environment
        self._graph = graph
        self._direction = direction
        self._target = target
        self._options = options
        self._listener = listener
        self._clock = clock
        self._courses: list[Course] = []
        self._earlier: list[AppliedStep] = []  # by a try of env.py before its last
        self._second: SecondConnection | None = None
        self._guard: StepGuard | None = None
        self._running: tuple[Course, Step, RevisionStep, float] | None = None
        self.waits = Waits(options.bounds, listener)

    def execute(self) -> RunResult:
        """Run every step.

        Returns:
            the result, with what the databases say of themselves on a connection of their own afterwards.

        Raises:
            RunStopped: a step failed, or the databases do not hold what the run recorded; `result` says all of it.
            LimbeckError: refused before the first step.
        """
        try:
            self._run_env_py()
        except KeyboardInterrupt as error:
            failed = self._failed(error) if self._running is not None else None
            raise RunInterrupted(
                "interrupted", hint="type the same command again to go on", result=self._result(failed)
            ) from error
        except LimbeckError as error:
            if self._running is None:
                if any(course.done for course in self._courses):
                    raise self._stopped(error.message, error.hint, None) from error
                refusal = self.waits.refusal(self._cause(error))
                if refusal is not None:
                    raise TargetUnavailable(f"{error.message}; {refusal.words()}", hint=_SEE_TO_IT) from error
                raise
            cause = self._cause(error)
            failed = self._failed(cause)
            raise self._stopped(
                f"{self._direction} stopped at {failed.revision}: {failed.error}", None, failed, cause
            ) from error
        if self._running is not None:
            cause = self._cause(RuntimeError("the step's version row could not be written"))
            failed = self._failed(cause)
            raise self._stopped(
                f"{self._direction} stopped at {failed.revision}, and env.py went on: {failed.error}",
                None,
                failed,
                cause,
            )
        result = self._result(None)
        self._check(result)
        return result

    def _run_env_py(self) -> None:
        """Run `env.py`; again, when others were in the way and everything that it did is rolled back."""
        while True:
            try:
                self._environment.run(self._work, around=self._exclusively)
                return
            except LimbeckError as error:
                in_step = self._guard is not None and self._guard.error is not None
                between = self._running is None and any(not course.reached.own_transaction for course in self._courses)
                if between or not self.waits.once_more(self._cause(error), in_step=in_step):
                    raise
            self._running = self._guard = None

    def _cause(self, error: BaseException) -> BaseException:
        """What went wrong, beneath what `env.py` made of it."""
        told = self._guard.error if self._guard is not None else None
        return told or error.__cause__ or error

    @contextmanager
    def _exclusively(self, context: MigrationContext) -> Iterator[None]:
        """Keep other runs away from this database and version table, and look at the end what was committed."""
        connection = context.connection
        assert connection is not None
        if lives_in_its_connection(connection):
            yield
            return
        second = SecondConnection(connection)
        try:
            lock = run_lock(context, second)
            if lock is None:
                self._listener.remark(f"no run lock on {second.dialect}: see to it that nobody else migrates it now")
                yield
                return
            patience = Patience(self._options.wait, self._waiting)
            with exclusively(lock, connection, patience, self._options.host, self._options.pid):
                self._second = second
                try:
                    with self.waits.around(context, second):
                        yield
                finally:
                    self._second = None
                    for course in self._courses:
                        if course.second is second:
                            course.seen, course.second = course.look(), None
        finally:
            second.close()

    def _waiting(self, holder: Holder, limit: float) -> None:
        self._listener.remark(f"waiting for another run to end, {words(limit)} at most: {holder.words()}")

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
        self.waits.declare((step.revision, self._graph.revisions[step.revision].path) for step in plan.steps)
        course = Course(reached, plan, self._second)
        self._running = None
        self._begin(course)
        self._listener.planned(plan, reached.state)
        for number, (step, alembic_step) in enumerate(zip(plan.steps, steps, strict=True), 1):
            self._listener.started(step, number, len(steps))
            trial = self.waits.step(reached, step.revision, number, len(steps))
            self._guard = StepGuard(reached.context, trial.layers)
            alembic_step.migration_fn = trial.around(self._guard, self._guard.wrap(alembic_step.migration_fn))
            self._running = (course, step, alembic_step, self._clock())
            yield alembic_step
            seconds = self._clock() - self._running[3]
            self._running = None
            self.waits.step_done()
            course.done.append(seconds)
            if not reached.own_transaction:
                self._check_rows(course, course.look())
            self._listener.finished(step, number, len(steps), seconds)

    def _begin(self, course: Course) -> None:
        """Take up a course; one for the same database means that `env.py` tries again, and the earlier is history."""
        for earlier in self._courses:
            if earlier.place == course.place:
                self._courses.remove(earlier)
                again = {step.revision for step in course.plan.steps}
                self._earlier += [step for step in earlier.applied() if step.revision not in again]
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

    def _stopped(
        self, message: str, hint: str | None, failed: FailedStep | None, cause: BaseException | None = None
    ) -> RunStopped:
        result = self._result(failed)
        refusal = self.waits.refusal(cause) if cause is not None else None
        if refusal is None:
            return RunStopped(message, hint=hint or self._way_on(), result=result)
        kind, changed = (
            (RunStopped, "what was applied stays applied") if result.applied else (LockNotHad, "nothing was changed")
        )
        if refusal.committed:
            kind, changed = RunStopped, "part of the step stays done"
        return kind(
            f"{message}; {refusal.words()}",
            hint=f"{_SEE_TO_IT}; {changed}",
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
            its_applied, its_pending, state = course.outcome(self._graph)
            applied += its_applied
            pending += its_pending
            states.append(state)
        return RunResult(tuple(applied), failed, tuple(pending), tuple(states))

    def _check(self, result: RunResult) -> None:
        """A step has happened when another connection sees it: a revision that commits or rolls back its connection by
        itself makes Alembic lose later revisions, and exit 0.
        """
        for course, state in zip(self._courses, result.states, strict=True):
            self._check_rows(course, state.rows)

    def _check_rows(self, course: Course, rows: tuple[str, ...] | None) -> None:
        believed = course.rows_believed(self._graph)[-1]
        if rows is not None and sorted(rows) != sorted(believed):
            raise RunStopped(
                f"the database is at {', '.join(rows) or 'base'}, but this run is at "
                f"{', '.join(believed) or 'base'}: what a step did was rolled back",
                hint="look for commit() or rollback() on op.get_bind() in the revisions that ran, and in env.py",
                result=self._result(None),
            )

"""A run: one command's steps on every database of a project, and the truth about how far it came."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from limbeck.environment.plain_env_py import may_migrate_several
from limbeck.environment.steps import migration_steps
from limbeck.model.errors import LimbeckError, RunInterrupted, RunStopped
from limbeck.model.journal import Outcome
from limbeck.model.plan import Direction, FailedStep, RunResult, Step
from limbeck.model.record import NamedTuple
from limbeck.model.wait import Wait
from limbeck.plan import make_plan
from limbeck.run.course import Course, Lost
from limbeck.run.courses import Courses
from limbeck.run.journal import Recorder, Scribe, recorder
from limbeck.run.layers import Layers
from limbeck.run.lock import alone_with
from limbeck.run.resume import Resuming
from limbeck.run.under_way import UnderWay
from limbeck.run.waits import Waits
from limbeck.run.way_on import way_on

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, RevisionStep

    from limbeck.environment.alembic_environment import AlembicEnvironment
    from limbeck.environment.reached import Reached
    from limbeck.environment.second_connection import SecondConnection
    from limbeck.environment.step_guard import StepGuard
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import Plan
    from limbeck.run.listener import Listener
    from limbeck.run.options import RunOptions

Agreed = Callable[["Reached"], Sequence[str]]
Before = Callable[["Plan", "Reached", Sequence["RevisionStep"]], Sequence[str]]
_UNWRITTEN = "the step's version row could not be written"


class _Done(NamedTuple):
    """A step that has run, and whether it is in the database is not yet known."""

    step: Step
    number: int
    seconds: float


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
        before: Before | None = None,
        agreed: Agreed | None = None,
    ) -> None:
        """Two are called for each database before its first step, raise to refuse, and give remarks.

        Args:
            before: sees what will run.
            agreed: sees whether version table and schema agree; not where an earlier run has left a step in its middle.
        """
        self._environment = environment
        self._graph = graph
        self._direction = direction
        self._target = target
        self._options = options
        self._listener = listener
        self._clock = clock
        self._before = before
        self._agreed = agreed
        self._scribe = Scribe(options.process, environment.masked, graph, environment.project.root, clock)
        self._resuming = Resuming(options, environment.masked, graph, listener)
        self._courses = Courses()
        self._second: SecondConnection | None = None
        self._lost: Lost | None = None  # what became of a step whose connection was lost
        self._guard: StepGuard | None = None
        self._running: UnderWay | None = None
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
                "interrupted", hint="type the same command again to go on", result=self._courses.result(failed)
            ) from error
        except LimbeckError as error:
            if self._running is None:
                several = may_migrate_several(self._environment.project)
                if self._lost is not None and not several and all(course.whole for course in self._courses):
                    self._listener.remark(self._lost.words)
                    return self._courses.result(None)
                if any(course.done for course in self._courses):
                    message, hint = self._lost or (error.message, error.hint)
                    raise self._stopped(message, hint, None) from error
                refusal = self.waits.refusal(self._cause(error))
                if refusal is not None:
                    raise refusal.before_any_step(error.message) from error
                raise
            cause = self._cause(error)
            failed = self._failed(cause)
            message = f"{self._direction} stopped at {failed.revision}: {failed.error}"
            if self._lost is not None:
                raise self._stopped(f"{message}; {self._lost.words}", self._lost.hint, failed) from error
            raise self._stopped(message, self._way_on(cause), failed, cause) from error
        if self._running is not None:
            cause = self._cause(RuntimeError(_UNWRITTEN))
            failed = self._failed(cause)
            raise self._stopped(
                f"{self._direction} stopped at {failed.revision}, and env.py went on: {failed.error}",
                None,
                failed,
                cause,
            )
        result = self._courses.result(None)
        self._courses.check_all(result)
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
            finally:
                for course in self._courses:
                    course.close()
            self._running = self._guard = None

    def _cause(self, error: BaseException) -> BaseException:
        """What went wrong, beneath what `env.py` made of it."""
        told = self._guard.error if self._guard is not None else None
        return told or error.__cause__ or error

    @contextmanager
    def _exclusively(self, context: MigrationContext) -> Iterator[None]:
        """Keep other runs away from this database and version table, and look at the end what was committed."""
        with alone_with(context, self._options, self._listener.remark) as second:
            self._second = second
            error: BaseException | None = None
            try:
                with self.waits.around(context, second) if second is not None else nullcontext():
                    self._resuming.ask(context, second, self.waits.session_number(context))
                    yield
            except BaseException as raised:
                error = raised
                raise
            finally:
                self._second = None
                for course in self._courses:
                    if course.second is not None and course.second is second:
                        course.leave(error)
                        self._look_up(course)
                        self._record_end(course, error)

    def _look_up(self, course: Course) -> None:
        """See what became of what was under way, when its connection was lost."""
        if course.loss is None or not course.loss.seen:
            return
        if self._running is None or self._running.course is not course:
            self._lost = course.after_loss(self._graph, None, 0.0) or self._lost
            return
        step = self._running.step
        self._lost = course.after_loss(self._graph, step, self._running.seconds)
        number, total = course.plan.steps.index(step) + 1, len(course.plan.steps)
        if len(course.done) == number:
            self._running = None
            self._listener.finished(step, number, total, course.done[-1])

    def _journal(self, reached: Reached) -> Recorder:
        """What takes down a run on this database."""
        if self._second is None:
            return Recorder(self._scribe, None, reached.state.version_table, None)
        return recorder(self._scribe, reached.context, self._second, self._options.journal, self._listener.remark)

    def _record_end(self, course: Course, error: BaseException | None) -> None:
        """Tell the journal how the run on a database ended, while it can be written.

        Args:
            error: what ended it; None when nothing did, or `env.py` has caught it.
        """
        committed = course.committed(course.seen)
        if course.refusal(course.seen) is not None:
            course.journal.step_undone()
        if self._running is not None and self._running.course is course:
            error = (self._guard.error if self._guard is not None else None) or error
            course.journal.step_failed(self._failed(error or RuntimeError(_UNWRITTEN)))
        if isinstance(error, KeyboardInterrupt):
            outcome = Outcome.INTERRUPTED
        else:
            outcome = Outcome.DONE if committed == len(course.plan.steps) else Outcome.STOPPED
        course.journal.run_ended(outcome, course.seen, committed)

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
            from limbeck.run.irreversible import refuse_rows_in_the_way

            refuse_rows_in_the_way(self._graph, plan, reached)
        course = Course(reached, plan, self._journal(reached), self._second)
        parts = self._resuming.parts(course)
        agreed = self._agreed if not parts.unfinished else None
        remarks = [*parts.remarks, *(agreed(reached) if agreed is not None else ())]
        remarks += self._before(plan, reached, steps) if self._before is not None else ()
        self.waits.declare((step.revision, self._graph.revisions[step.revision].path) for step in plan.steps)
        executions = self.waits.executions(reached.context)
        layers = course.layers = Layers(
            reached, executions, self._second, self._listener.remark, Wait(self._options.wait)
        )
        session = self.waits.session_number(reached.context)
        course.watch(session)
        self._running = None
        self._courses.take_up(course)
        self._listener.planned(plan, reached.state)
        for remark in remarks:
            self._listener.remark(remark)
        if plan.steps:
            course.journal.run_started(plan, self._target, together=course.together, session=session)
        last: _Done | None = None
        for number, (step, alembic_step) in enumerate(zip(plan.steps, steps, strict=True), 1):
            opening = course.journal.opening(number, step)  # while the server answers for the step before
            self._settle(course, last)
            self._listener.started(step, number, len(steps))
            trial = self.waits.step(reached, step.revision, number, len(steps))
            log = course.journal.step_started(opening)
            self._guard = layers.guard(trial, parts.step(step), log.layer)
            alembic_step.migration_fn = trial.around(layers, self._guard, log.around(alembic_step.migration_fn))
            running = self._running = UnderWay(course, step, str(alembic_step.revision.path), self._clock)
            yield alembic_step
            last = _Done(step, number, running.seconds)
            self._running = None
            self.waits.step_done()
            course.finish(self._graph, step, last.seconds)
            if not reached.own_transaction:
                course.ask()
            course.journal.step_done(last.seconds)
        self._settle(course, last)

    def _settle(self, course: Course, done: _Done | None) -> None:
        """See that the step which has run last is in the database, and tell that it has run."""
        if done is None:
            return
        if not course.reached.own_transaction:
            course.look()
            self._courses.check(course, course.seen)
        self._listener.finished(done.step, done.number, len(course.plan.steps), done.seconds)

    def _failed(self, error: BaseException) -> FailedStep:
        assert self._running is not None
        return self._running.failed(error, self._environment.masked)

    def _stopped(
        self, message: str, hint: str | None, failed: FailedStep | None, cause: BaseException | None = None
    ) -> RunStopped:
        result = self._courses.result(failed)
        refusal = self.waits.refusal(cause) if cause is not None else None
        if refusal is not None:
            return refusal.at_a_step(message, result)
        return RunStopped(message, hint=hint or self._way_on(), result=result)

    def _way_on(self, error: BaseException | None = None) -> str:
        return way_on(error, self._running.course.layers if self._running is not None else None)

"""A chain run on a scratch database, revision by revision, each statement measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.failure import one_line
from limbeck.environment.second_connection import SecondConnection
from limbeck.environment.step_guard import StepGuard
from limbeck.environment.steps import steps_of
from limbeck.lint.rehearse.measure import Measure, describe_all, numbers_of_relations
from limbeck.lint.rehearse.rows import give_rows
from limbeck.model.errors import LimbeckError
from limbeck.model.facts import Rehearsed
from limbeck.model.plan import Direction

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from sqlalchemy.engine import Connection

    from limbeck.environment.configuration import Project
    from limbeck.environment.reached import Reached


class Outcome(NamedTuple):
    """How far a rehearsal came.

    Attributes:
        measured: what each measured revision did, the one that failed included.
        applied: how many of the revisions have run.
        error: why the next one did not; None when all have.
    """

    measured: tuple[Rehearsed, ...]
    applied: int
    error: str | None


class Rehearsal:
    """One run of a project's `env.py` on one scratch database; use `run`."""

    def __init__(
        self, project: Project, url: str, version: str, born: dict[int, str], *, logging_of_project: bool = False
    ) -> None:
        """Nothing of the project runs yet.

        Args:
            url: the scratch database, to which whatever `env.py` opens is led.
            version: of its server.
            born: the revision that made each relation that is there; it is brought up to date.
        """
        self._environment = AlembicEnvironment(
            project, address=url, transaction="revision", logging_of_project=logging_of_project
        )
        self._version = version
        self._born = born
        self._measured: list[Rehearsed] = []
        self._applied = 0
        self._guard: StepGuard | None = None
        self._measure: Measure | None = None
        self._revision = ""

    def run(self, revisions: Sequence[str], paths: Mapping[str, str], measured: frozenset[str]) -> Outcome:
        """Run the revisions in their order, and measure some of them.

        Args:
            paths: the file of each.
            measured: those to measure; tables get rows before each of them.
        """
        with self._environment as environment:
            try:
                environment.run(lambda reached: self._work(environment, reached, revisions, paths, measured))
            except LimbeckError as error:
                if self._guard is None:
                    raise
                cause = self._guard.error or error.__cause__ or error
                return self._stopped(environment.masked(one_line(cause)))
        if self._guard is not None:
            return self._stopped(environment.masked(one_line(self._guard.error or RuntimeError("env.py went on"))))
        return Outcome(tuple(self._measured), self._applied, None)

    def _stopped(self, words: str) -> Outcome:
        statements = () if self._measure is None else tuple(self._measure.facts)
        self._measured.append(Rehearsed(self._revision, self._version, statements, failed=words))
        return Outcome(tuple(self._measured), self._applied, words)

    def _work(
        self,
        environment: AlembicEnvironment,
        reached: Reached,
        revisions: Sequence[str],
        paths: Mapping[str, str],
        measured: frozenset[str],
    ) -> Iterator[RevisionStep]:
        connection = reached.context.connection
        assert connection is not None
        steps = steps_of(environment.script, Direction.UPGRADE, revisions)
        with _beside(reached, connection) as beside:
            for revision, step in zip(revisions, steps, strict=True):
                self._revision = revision
                if revision in measured:
                    give_rows(beside, reached.state.version_table)
                    yield from self._measured_step(beside, reached, step, paths[revision], environment.masked)
                else:
                    yield from self._plain_step(beside, reached, step)
                self._applied += 1

    def _measured_step(
        self,
        beside: Connection,
        reached: Reached,
        step: RevisionStep,
        path: str,
        masked: Callable[[str], str],
    ) -> Iterator[RevisionStep]:
        if self._measure is None:
            self._measure = Measure(describe_all(beside), self._born, masked)
        measure = self._measure
        measure.begin(self._revision, path)
        self._guard = StepGuard(reached.context, layers=(measure.layer,))
        step.migration_fn = self._guard.wrap(step.migration_fn)
        yield step
        self._guard = None
        self._measured.append(Rehearsed(self._revision, self._version, tuple(measure.facts)))

    def _plain_step(self, beside: Connection, reached: Reached, step: RevisionStep) -> Iterator[RevisionStep]:
        """Run a step that is known already; what it makes is remembered as its own."""
        self._measure = None  # what it knows of the catalogue is old now
        self._guard = StepGuard(reached.context)
        step.migration_fn = self._guard.wrap(step.migration_fn)
        yield step
        self._guard = None
        for number in numbers_of_relations(beside) - self._born.keys():
            self._born[number] = self._revision


@contextmanager
def _beside(reached: Reached, connection: Connection) -> Iterator[Connection]:
    """A connection that sees what the last step has committed; within one transaction over all, the same one."""
    if reached.own_transaction:
        yield connection
        return
    second = SecondConnection(connection)
    try:
        yield second.connection
    finally:
        second.close()

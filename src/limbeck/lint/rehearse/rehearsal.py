"""A chain run on a scratch database, revision by revision, each statement measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.batch_lines import note_lines_of_batches
from limbeck.environment.executions import Executions
from limbeck.environment.failure import line_in_file, one_line
from limbeck.environment.late_imports import NotImported
from limbeck.environment.past_sqlalchemy import endings_for
from limbeck.environment.replaced_text import texts_in_place
from limbeck.environment.step_guard import StepGuard
from limbeck.environment.steps import forget_made_types, remember_types, steps_of
from limbeck.lint.rehearse.asking import enums_there, execute
from limbeck.lint.rehearse.back import can_be_tried, way_back
from limbeck.lint.rehearse.beside import connection_beside, letting_go
from limbeck.lint.rehearse.extensions import Extensions
from limbeck.lint.rehearse.ground import Ground
from limbeck.lint.rehearse.measure import Measure
from limbeck.lint.rehearse.roles import roles, session_roles
from limbeck.model.errors import LimbeckError
from limbeck.model.facts import Rehearsed, WayBack
from limbeck.model.plan import Direction
from limbeck.model.revision import Span

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from sqlalchemy.engine import Connection

    from limbeck.database.catalogue.postgresql.written import Written
    from limbeck.environment.configuration import Project
    from limbeck.environment.executions import Layer
    from limbeck.environment.reached import Reached
    from limbeck.model.revision import Revision

_WITH_EXTENSION = "name a server that has it: --scratch postgresql://user@host/postgres"


class Outcome(NamedTuple):
    """How far a rehearsal came.

    Attributes:
        measured: what each measured revision did.
        applied: how many of the revisions have run.
        failed: the revision behind those, as far as it came; None when all have run.
    """

    measured: tuple[Rehearsed, ...]
    applied: int
    failed: Rehearsed | None


class Scene(NamedTuple):
    """Where a rehearsal takes place.

    Attributes:
        url: the scratch database, to which whatever `env.py` opens is led.
        version: of its server.
        born: the revision that made each relation that is there; it is brought up to date.
        extensions: those that the server does not have.
        rows: whether tables get rows.
        together: revisions run as one command would run them from base, in which SQLAlchemy remembers the enums that it
            has made; else each as the first of a run.
    """

    url: str
    version: str
    born: dict[int, str]
    extensions: Extensions
    rows: bool
    together: bool


class Rehearsal:
    """One run of a project's `env.py` on one scratch database; use `run` once."""

    def __init__(
        self,
        project: Project,
        scene: Scene,
        paths: Mapping[str, str],
        texts: Mapping[str, bytes],
        *,
        logging_of_project: bool = False,
        further_versions: Sequence[str] = (),
        imported_late: Iterable[Revision] = (),
    ) -> None:
        """Nothing of the project runs yet.

        Args:
            paths: the file of each revision.
            texts: what stands in place of the files of some revisions.
            logging_of_project: let `env.py` configure logging.
            further_versions: folders of revisions besides those of the project.
            imported_late: revisions whose files, where they cannot be imported, stop the run there and not before.
        """
        self._environment = AlembicEnvironment(
            project,
            address=scene.url,
            transaction="revision",
            logging_of_project=logging_of_project,
            further_versions=further_versions,
            isolated=True,
            imported_late=imported_late,
        )
        self._scene = scene
        self._paths = paths
        self._texts = texts
        self._measured: list[Rehearsed] = []
        self._applied = 0
        self._guard: StepGuard | None = None
        self._executions: Executions | None = None
        self._measure: Measure | None = None
        self._revision = ""
        self._stack = ExitStack()

    def run(self, revisions: Sequence[str], measured: frozenset[str]) -> Outcome:
        """Run the revisions in their order, and measure some of them.

        Raises:
            LimbeckError: `env.py` fails outside of any revision.
        """
        with self._environment as environment, texts_in_place(environment.script, self._texts), session_roles():
            try:
                environment.run(lambda reached: self._work(reached, revisions, measured))
            except LimbeckError as error:
                if self._guard is None:
                    raise
                return self._stopped(self._guard.error or error.__cause__ or error)
        if self._guard is not None:
            return self._stopped(self._guard.error or RuntimeError("env.py went on after an error"))
        return Outcome(tuple(self._measured), self._applied, None)

    def _stopped(self, error: BaseException) -> Outcome:
        statements = () if self._measure is None else tuple(self._measure.facts)
        words = self._environment.masked(one_line(error))
        if isinstance(error, NotImported):
            failed = Rehearsed(self._revision, self._scene.version, unmeasured=words, hint=error.hint, failed=words)
            return Outcome(tuple(self._measured), self._applied, failed)
        line = line_in_file(error, self._paths[self._revision])
        place = None if line is None else Span(self._paths[self._revision], line)
        failed = Rehearsed(self._revision, self._scene.version, statements, failed=words, place=place)
        return Outcome(tuple(self._measured), self._applied, failed)

    def _work(self, reached: Reached, revisions: Sequence[str], measured: frozenset[str]) -> Iterator[RevisionStep]:
        connection = reached.context.connection
        assert connection is not None
        steps = steps_of(self._environment.script, Direction.UPGRADE, revisions)
        ground = Ground(self._stack.enter_context(connection_beside(reached, connection)), reached)
        self._executions = self._stack.enter_context(closing(Executions(connection)))
        if self._scene.together:
            remember_types(reached.context, enums_there(connection))
        try:
            for revision, step in zip(revisions, steps, strict=True):
                self._revision = revision
                if not self._scene.together:
                    forget_made_types(reached.context)
                if reached.own_transaction:
                    _end_transaction(connection)
                yield from self._step(ground, reached, step, measure=revision in measured)
                self._applied += 1
        finally:
            self._stack.close()

    def _step(self, ground: Ground, reached: Reached, step: RevisionStep, *, measure: bool) -> Iterator[RevisionStep]:
        connection = reached.context.connection
        assert connection is not None
        extensions, born = self._scene.extensions, self._scene.born
        tried = measure and not reached.own_transaction and can_be_tried(self._paths[self._revision])
        before = ground.prepare(rows=self._scene.rows, known=tried)
        if not measure:
            self._measure = None  # what it knows of the catalogue is old from here on
        elif self._measure is None:
            self._measure = Measure(ground.session.described(), born, self._environment.masked)
        measuring = self._measure
        if measuring is not None:
            measuring.begin(self._revision, self._paths[self._revision])
        extensions.begin(None if measuring is None else measuring.forget_last)
        layers: tuple[Layer, ...] = (roles, extensions.layer, *(() if measuring is None else (measuring.layer,)))
        note_lines_of_batches()
        endings = endings_for(connection, self._paths[self._revision])
        self._guard = StepGuard(reached.context, layers, executions=self._executions, endings=endings)
        step.migration_fn = letting_go(self._guard.wrap(step.migration_fn), self._stack.close)
        yield step
        self._guard = None
        if measuring is None:
            born.update((number, self._revision) for number in ground.session.numbers() - born.keys())
            return
        reason = extensions.reason
        facts, tables = tuple(measuring.facts), measuring.tables()
        self._measured.append(
            Rehearsed(
                self._revision,
                self._scene.version,
                facts,
                unmeasured=reason,
                hint=_WITH_EXTENSION if reason is not None else None,
                tables=tables,
                back=self._back(reached, before) if before is not None else None,
            )
        )

    def _back(self, reached: Reached, before: Written) -> WayBack | None:
        connection = reached.context.connection
        assert connection is not None and self._executions is not None
        step = steps_of(self._environment.script, Direction.DOWNGRADE, [self._revision])[0]
        self._scene.extensions.begin()
        return way_back(
            connection,
            self._executions,
            partial(step.migration_fn, **reached.arguments),
            self._paths[self._revision],
            before,
            self._scene.extensions,
            self._environment.masked,
        )


def _end_transaction(connection: Connection) -> None:
    """End the transaction that `env.py` holds over all revisions, as if a deploy had ended here, and begin the next.

    Nobody is told: `env.py` goes on to believe that it has one.
    """
    execute(connection, "COMMIT")
    execute(connection, "BEGIN")

"""Revisions run on a scratch database, and the schema looked at after each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from limbeck.database.catalogue import Catalogue, Kind
from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.failure import one_line
from limbeck.environment.past_sqlalchemy import endings_for
from limbeck.environment.step_guard import StepGuard
from limbeck.environment.steps import forget_made_types, remember_types, steps_of
from limbeck.lint.rehearse.asking import enums_there, execute, rows_of
from limbeck.lint.rehearse.beside import connection_beside, letting_go
from limbeck.lint.rehearse.roles import roles
from limbeck.model.errors import LimbeckError
from limbeck.model.plan import Direction
from limbeck.verify.proof.affected import is_noted
from limbeck.verify.proof.looking import Looking
from limbeck.verify.proof.recordings import reads_nothing
from limbeck.verify.proof.trip import Issued

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from sqlalchemy.engine import Connection

    from limbeck.environment.configuration import Project
    from limbeck.environment.executions import Execution, Proceed
    from limbeck.environment.reached import Reached
    from limbeck.lint.rehearse.extensions import Extensions
    from limbeck.model.revision import Revision

Look = Callable[[int, Catalogue], None]


class Walk:
    """One run of a project's `env.py` on one scratch database; use `run` once.

    Attributes:
        failed: what stopped it, without passwords; empty when nothing did.
    """

    def __init__(
        self,
        project: Project,
        url: str,
        extensions: Extensions,
        journal: str,
        *,
        watched: bool = False,
        logging_of_project: bool = False,
        imported_late: Iterable[Revision] = (),
    ) -> None:
        """Nothing of the project runs yet.

        Args:
            url: the scratch database, to which whatever `env.py` opens is led.
            journal: name of the journal's table, which is left out.
            watched: the database notes what is touched, and is looked at whole only where that may not be all.
            logging_of_project: let `env.py` configure logging.
            imported_late: revisions whose files, where they cannot be imported, stop the walk there and not before.
        """
        self._environment = AlembicEnvironment(
            project,
            address=url,
            transaction="revision",
            logging_of_project=logging_of_project,
            isolated=True,
            imported_late=imported_late,
        )
        self._extensions = extensions
        self._journal = journal
        self._watched = watched
        self._issued: list[Issued] = []
        self._guard: StepGuard | None = None
        self._stack = ExitStack()
        self.failed = ""

    def run(self, revisions: Sequence[str], look: Look, *, at_start: bool) -> int:
        """Run the revisions in their order; gives how many have run.

        Args:
            look: is given the number of revisions that have run, and the catalogue then.
            at_start: look before the first one, too.

        Raises:
            LimbeckError: `env.py` fails outside of any revision.
        """
        done = 0

        def counting(number: int, catalogue: Catalogue) -> None:
            nonlocal done
            done = number
            look(number, catalogue)

        with self._environment as environment:
            try:
                environment.run(lambda reached: self._work(reached, revisions, counting, at_start=at_start))
            except LimbeckError as error:
                if self._guard is None:
                    raise
                self.failed = environment.masked(one_line(self._guard.error or error.__cause__ or error))
        if self._guard is not None and not self.failed:
            self.failed = "env.py went on after an error"
        return done

    def _work(
        self, reached: Reached, revisions: Sequence[str], look: Look, *, at_start: bool
    ) -> Iterator[RevisionStep]:
        connection = reached.context.connection
        assert connection is not None
        steps = steps_of(self._environment.script, Direction.UPGRADE, revisions)
        transactional = connection.dialect.name == "postgresql"
        # One connection for all looks: a new one would have to read the system catalogues anew each time.
        beside = self._stack.enter_context(connection_beside(reached, connection))
        without, dialect = (reached.state.version_table, self._journal), connection.dialect.name
        looking = Looking(partial(rows_of, beside), without, dialect=dialect, watched=self._watched)
        try:
            if at_start:
                look(0, _looked(looking, beside, reached))
            enums = enums_there(beside) if transactional else []
            for number, step in enumerate(steps, 1):
                # A type that is there is taken for made, and one that is gone for gone, wherever the run began.
                forget_made_types(reached.context)
                remember_types(reached.context, enums)
                self._extensions.begin()
                self._guard = StepGuard(
                    reached.context,
                    (roles, self._extensions.layer, self._noted),
                    endings=endings_for(connection, str(step.revision.path)),
                )
                self._issued = []
                step.migration_fn = letting_go(self._guard.wrap(step.migration_fn), self._stack.close)
                yield step
                self._guard = None
                whole = not (is_noted(self._issued) and reads_nothing(str(step.revision.path)))
                catalogue = _looked(looking, beside, reached, whole=whole)
                enums = [(each.schema, each.name) for each in catalogue.of_kind(Kind.ENUM)]
                look(number, catalogue)
        finally:
            self._stack.close()

    def _noted(self, execution: Execution, proceed: Proceed) -> None:
        self._issued.append(Issued(execution.text, None))
        proceed()


def _looked(looking: Looking, beside: Connection, reached: Reached, *, whole: bool = True) -> Catalogue:
    transactional = beside.dialect.name == "postgresql"
    if transactional and reached.own_transaction:
        # As if a deploy had ended here; `env.py` goes on to believe that it has one transaction.
        execute(beside, "COMMIT")
    if transactional:
        execute(beside, "BEGIN")
    found = looking.catalogue(whole=whole)
    if transactional and not reached.own_transaction:
        execute(beside, "COMMIT")
    return found

"""One run of a project's `env.py` on one scratch database: revisions up and down, in any order that is asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sqlalchemy.exc import NoSuchTableError

from limbeck.database.rows import translated_code
from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.batch_lines import note_lines_of_batches
from limbeck.environment.failure import line_in_file, one_line, position, sqlstate
from limbeck.environment.late_imports import NotImported
from limbeck.environment.missing_module import import_hint
from limbeck.environment.past_sqlalchemy import endings_for
from limbeck.environment.step_guard import StepGuard
from limbeck.environment.steps import forget_made_types, functions_that_are_missing, remember_types, steps_of
from limbeck.environment.transactions import AS_ALEMBIC
from limbeck.lint.rehearse.asking import execute
from limbeck.lint.rehearse.place import issued_by
from limbeck.lint.rehearse.roles import roles
from limbeck.model.errors import LimbeckError
from limbeck.model.interrupt import refuse_interrupt
from limbeck.model.plan import Direction
from limbeck.model.revision import Span
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.trip import UNDEFINED_TABLE, Issued, Stopped

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from sqlalchemy.engine import Connection

    from limbeck.environment.configuration import Project
    from limbeck.environment.executions import Execution, Layer, Proceed
    from limbeck.environment.reached import Reached
    from limbeck.lint.rehearse.extensions import Extensions
    from limbeck.model.revision import Revision
    from limbeck.verify.proof.held_back import HeldBack

_ABORTED = "25P02"  # in_failed_sql_transaction
_OF_TRANSACTION = re.compile(r"\s*(savepoint|release|rollback)\b", re.IGNORECASE)


class Walked(NamedTuple):
    """How far a walk came: the number of legs, and what stopped the next one."""

    done: int
    stopped: Stopped | None


class Attendant(Protocol):
    """What is done before and after the legs of a walk."""

    def begin(self, walk: Walk, reached: Reached, /) -> None:
        """The database is connected to."""

    def before(self, leg: Leg, /) -> None:
        """Before a leg; its transaction has not begun."""

    def function(self, leg: Leg, function: Callable[[], None], /) -> None:
        """Call the revision's function, within the transaction of its step."""

    def after(self, leg: Leg, /) -> None:
        """After a leg; its transaction has ended."""


class Walk:
    """See the module; use `run` once.

    Attributes:
        leg: the leg under way, or the last one.
        issued: what the function that was called last has issued.
        is_repeatable: whether that is statements alone: none gave rows, took parameters, failed or was left out.
        extensions: those that the server does not have.
        types_there: schemas and names of enums that the functions called from now on take for made in the same command.
    """

    def __init__(
        self,
        project: Project,
        url: str,
        paths: Mapping[str, str],
        extensions: Extensions,
        attendant: Attendant,
        *,
        logging_of_project: bool = False,
        in_one_run: bool = False,
        held_back: HeldBack | None = None,
        imported_late: Iterable[Revision] = (),
    ) -> None:
        """Nothing of the project runs yet.

        Args:
            in_one_run: with the transactions that plain Alembic has; else each leg is a deploy of its own.
            held_back: takes what need not be executed at once.
            url: the scratch database, to which whatever `env.py` opens is led.
            paths: the file of each revision.
            logging_of_project: let `env.py` configure logging.
            imported_late: revisions whose files, where they cannot be imported, stop the walk there and not before.
        """
        self._environment = AlembicEnvironment(
            project,
            address=url,
            transaction=AS_ALEMBIC if in_one_run else "revision",
            logging_of_project=logging_of_project,
            isolated=True,
            imported_late=imported_late,
        )
        self._in_one_run = in_one_run
        self._held_back = held_back
        self._paths = paths
        self._attendant = attendant
        self._guard: StepGuard | None = None
        self.leg: Leg = Leg(Direction.UPGRADE, "")
        self._done = 0
        self._reached: Reached | None = None
        self._swallowed: BaseException | None = None
        self._swallowed_at: Issued | None = None
        self.issued: list[Issued] = []
        self.is_repeatable = True
        self.extensions = extensions
        self.types_there: frozenset[tuple[str, str]] = frozenset()

    def run(self, legs: Sequence[Leg]) -> Walked:
        """Go the legs in their order, up to the first that does not go.

        Raises:
            LimbeckError: `env.py` fails outside of any revision.
        """
        with self._environment as environment:
            try:
                environment.run(lambda reached: self._work(reached, legs))
            except LimbeckError as error:
                if self._guard is None:
                    raise
                return Walked(self._done, self.stopped(self._guard.error or error.__cause__ or error))
        if self._guard is not None:
            return Walked(self._done, self.stopped(self._guard.error or RuntimeError("env.py went on after an error")))
        return Walked(self._done, None)

    def step(self, leg: Leg) -> RevisionStep:
        """Alembic's step for a leg."""
        return steps_of(self._environment.script, leg.direction, [leg.revision])[0]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What every execution of a revision is led through."""
        innermost = () if self._held_back is None else (self._held_back.layer,)
        return (roles, self.extensions.layer, self._noted, *innermost)

    def begin(self) -> None:
        """A function of a revision is about to be called, as the first of a command."""
        assert self._reached is not None
        forget_made_types(self._reached.context)
        if self.types_there:
            remember_types(self._reached.context, self.types_there)
        self._reset()

    def _reset(self) -> None:
        self.issued = []
        self.is_repeatable = True
        self._swallowed = self._swallowed_at = None
        self.extensions.begin()

    def stopped(self, error: BaseException) -> Stopped:
        """What there is to say of an error of the leg under way.

        Where a revision has caught the error that aborted the transaction, that one is told.

        Raises:
            KeyboardInterrupt: it came of one.
        """
        refuse_interrupt(error)
        path = self._paths[self.leg.revision]
        if isinstance(error, NotImported):
            place = None if error.line is None else Span(path, error.line)
            return Stopped(self.masked(error.message), None, place, of_import=True, hint=error.hint or "")
        at = None
        if sqlstate(error) == _ABORTED and self._swallowed is not None:
            error, at = self._swallowed, self._swallowed_at
        line = line_in_file(error, path)
        code = UNDEFINED_TABLE if isinstance(error, NoSuchTableError) else translated_code(error) or sqlstate(error)
        span = at.span if at is not None else Span(path, line) if line is not None else None
        words = self._environment.masked(one_line(error))
        if at is not None:
            words += " (it is caught and ignored, and the transaction is aborted)"
        last = at or (self.issued[-1] if self.issued and code is not None else None)
        return Stopped(
            words,
            code,
            span,
            None if last is None else last.sql,
            refused=_raised_in(error, path),
            of_import=isinstance(error, ImportError),
            position=position(error),
            hint=import_hint(error, os.path.dirname(path)) if isinstance(error, ImportError) else "",
        )

    def masked(self, text: str) -> str:
        """The text without any password."""
        return self._environment.masked(text)

    def _work(self, reached: Reached, legs: Sequence[Leg]) -> Iterator[RevisionStep]:
        connection = reached.context.connection
        assert connection is not None
        self._reached = reached
        self._attendant.begin(self, reached)
        with functions_that_are_missing(self._environment.script, legs):
            steps = [self.step(leg) for leg in legs]
        for leg, step in zip(legs, steps, strict=True):
            if reached.own_transaction and not self._in_one_run and connection.dialect.name == "postgresql":
                end_transaction(connection)
            self.leg = leg
            self._attendant.before(leg)
            note_lines_of_batches()
            past = endings_for(connection, self._paths[leg.revision])
            self._guard = StepGuard(reached.context, self.layers, endings=past)
            step.migration_fn = self._guard.wrap(self._attended(leg, step.migration_fn))
            yield step
            self._guard = None
            self._done += 1
            self._attendant.after(leg)

    def _attended(self, leg: Leg, function: Callable[..., None]) -> Callable[..., None]:
        def called(*arguments: Any, **options: Any) -> None:
            self._reset()
            self._attendant.function(leg, lambda: function(*arguments, **options))

        return called

    def _noted(self, execution: Execution, proceed: Proceed) -> None:
        noted = Issued(execution.text.strip(), issued_by(self._paths[self.leg.revision])[0])
        if _OF_TRANSACTION.match(noted.sql):
            self.is_repeatable = False
        else:
            self.issued.append(noted)
        try:
            proceed()
            if execution.many or execution.parameters or execution.cursor.description is not None:
                self.is_repeatable = False
        except Exception as error:
            self.is_repeatable = False
            if sqlstate(error) not in (None, _ABORTED) and self._swallowed is None:
                self._swallowed, self._swallowed_at = error, noted
            raise


def end_transaction(connection: Connection) -> None:
    """End the transaction that `env.py` holds over all revisions, as if a deploy had ended here, and begin the next.

    Nobody is told: `env.py` goes on to believe that it has one.
    """
    execute(connection, "COMMIT")
    execute(connection, "BEGIN")


def _raised_in(error: BaseException, path: str) -> bool:
    """Whether the last frame of the error is in the file: it was raised there, and came from nowhere else."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code.co_filename == path

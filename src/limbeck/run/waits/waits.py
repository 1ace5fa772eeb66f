"""The waits of a run: bounded, tried again, and told of."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from limbeck.environment.contention import contention
from limbeck.environment.executions import Executions
from limbeck.environment.failure import one_line, sqlstate
from limbeck.environment.transactions import has_own_transaction
from limbeck.graph.declarations import declared_bounds
from limbeck.model.bounds import Bounds
from limbeck.model.duration import words
from limbeck.run.waits.ladder import Climb
from limbeck.run.waits.refusal import Refusal
from limbeck.run.waits.session import Session, session_of
from limbeck.run.waits.trial import Trial
from limbeck.run.waits.watch import Watch

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

    from limbeck.environment.executions import Proceed
    from limbeck.environment.reached import Reached
    from limbeck.environment.second_connection import SecondConnection
    from limbeck.run.listener import Listener


class Waits:
    """Asked by a run: `around` a database's part, before and after each step (`step`, `step_done`), when `env.py` has
    failed (`once_more`), when the run stops (`refusal`), and when somebody wants it to end (`cancel`).
    """

    def __init__(
        self,
        bounds: Bounds,
        listener: Listener,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._bounds = bounds
        self._listener = listener
        self._pause = pause
        self._clock = clock
        self._uniform = uniform
        self._watch = Watch(listener)
        self._sessions: dict[MigrationContext, Session] = {}
        self._executions: dict[MigrationContext, Executions] = {}
        self._declared: dict[str, Bounds] = {}
        self._climbs: dict[tuple[str, str] | None, Climb] = {}
        self._trial: Trial | None = None
        self._dialect = ""
        self._committed = False  # part of a step whose version row may not be

    @contextmanager
    def around(self, context: MigrationContext, second: SecondConnection | None) -> Iterator[None]:
        """Bound the session from here to the end of the database's part, and watch its statements."""
        connection = context.connection
        assert connection is not None
        session = session_of(connection, second)
        earlier = [other for other in self._sessions.values() if other.connection is connection]
        began = not connection.in_transaction()
        session.take_up(self._bounds, earlier[0] if earlier else None)
        if began and connection.in_transaction():
            connection.commit()  # what was set stays set
        self._sessions[context] = session
        self._dialect = connection.dialect.name
        try:
            with self._watching(context, session):
                yield
        except Exception:
            self._leave(context, failed=True, began=began)
            raise
        except BaseException:
            del self._sessions[context]  # interrupted: the connection is of no further use
            raise
        else:
            self._leave(context, failed=False, began=began)
        finally:
            self._settle(session)
            if not self._sessions:
                self._watch.stop()

    def _settle(self, session: Session) -> None:
        """What is said to be applied is to survive a server that goes down."""
        try:
            session.settle()
        except SQLAlchemyError as error:
            if sqlstate(error) is not None:  # it answers; of one that does not, the next connection will tell
                self._listener.remark(
                    f"a server that goes down within a second may lose the last steps: {one_line(error)}"
                )

    @contextmanager
    def _watching(self, context: MigrationContext, session: Session) -> Iterator[None]:
        """Look after every statement, those of Alembic's between two steps too."""
        executions = self._executions[context] = self._looked_after(session)
        self._watch.expect(self._bounds.lock_timeout.seconds)
        try:
            yield
        finally:
            del self._executions[context]
            executions.close()

    def _looked_after(self, session: Session) -> Executions:
        def around(proceed: Proceed) -> None:
            self._watch.begins(session)
            try:
                proceed()
            finally:
                self._watch.ends()

        return Executions(session.connection, around)

    def executions(self, context: MigrationContext) -> Executions:
        """Those on the context's connection, each of which is looked after; whoever asks closes them."""
        known = self._executions.get(context)
        return known if known is not None else self._looked_after(self._session(context))

    def _session(self, context: MigrationContext) -> Session:
        assert context.connection is not None
        return self._sessions.get(context) or session_of(context.connection, None)

    def _leave(self, context: MigrationContext, *, failed: bool, began: bool) -> None:
        """Give the session back as it was; one that is lost, or closed for good, needs nothing."""
        session = self._sessions.pop(context)
        connection = session.connection
        # With a transaction of env.py's this comes when the connection is on its way to its pool.
        beneath = has_own_transaction(context)
        if beneath and isinstance(connection.engine.pool, NullPool):
            return
        with suppress(SQLAlchemyError, connection.dialect.loaded_dbapi.Error):
            if not beneath and began and connection.in_transaction():
                connection.rollback() if failed else connection.commit()
            session.give_back(commit=beneath or not connection.in_transaction())

    def session_number(self, context: MigrationContext) -> int:
        """The server's number of the session in which the steps run; 0 when it is not known."""
        session = self._sessions.get(context)
        return session.pid if session is not None else 0

    def declare(self, files: Iterable[tuple[str, str]]) -> None:
        """Read what revision files say of their own bounds.

        Args:
            files: revisions and the paths of their files.

        Raises:
            UsageError: one says something that is unknown.
        """
        for revision, path in files:
            if path.endswith(".py"):
                declared = declared_bounds(path)
                if declared:
                    self._declared[revision] = self._bounds.with_declared(declared)

    def step(self, reached: Reached, revision: str, number: int, total: int) -> Trial:
        """The tries of a step that is about to begin; those of an earlier run of `env.py` count too."""
        bounds = self._declared.get(revision, self._bounds)
        self._watch.forget()
        self._trial = Trial(
            reached,
            self._session(reached.context),
            bounds,
            self._climb((reached.state.name, revision), bounds),
            f"limbeck {revision} {number}/{total}",
            watch=self._watch,
            listener=self._listener,
            pause=self._pause,
        )
        return self._trial

    def step_done(self) -> None:
        """The step has run, and is committed unless a transaction of `env.py`'s, or one for the run, is still open."""
        assert self._trial is not None
        self._committed = self._trial.spanned and (self._committed or self._trial.committed)
        self._trial = None

    def _climb(self, key: tuple[str, str] | None, bounds: Bounds) -> Climb:
        return self._climbs.setdefault(key, Climb(bounds, self._clock, self._uniform))

    @property
    def _part_committed(self) -> bool:
        return self._committed or (self._trial is not None and self._trial.committed)

    def once_more(self, error: BaseException, *, in_step: bool) -> bool:
        """Whether all of `env.py` is to be run again, for which the pause is over when this returns.

        Args:
            error: why it has ended; everything that it has not committed is rolled back.
            in_step: raised by the function of a step, which has been tried again already where that was right.
        """
        why = contention(error, self._dialect)
        if why is None or self._part_committed:
            return False
        if in_step and (self._trial is None or not self._trial.spanned):
            return False
        climb = self._trial.climb if self._trial is not None else self._climb(None, self._bounds)
        pause = climb.failed()
        if pause is None:
            return False
        climb.blockers = self._watch.blockers or climb.blockers
        if climb.failures == 1:
            limit = words(self._bounds.lock_wait.seconds)
            self._listener.remark(f"{why.value}: all was rolled back, to be tried again for {limit} at most")
        self._pause(pause)
        self._trial = None
        return True

    def refusal(self, error: BaseException) -> Refusal | None:
        """What is to be told of an error with which a run stops; None when nobody was in the way."""
        why = contention(error, self._dialect)
        if why is None:
            return None
        climb = self._trial.climb if self._trial is not None else self._climb(None, self._bounds)
        blockers = self._watch.blockers or climb.blockers
        return Refusal(why, climb.failures, climb.waited, blockers, self._part_committed)

    def cancel(self) -> None:
        """End the statement under way, from another thread than the run's."""
        self._watch.cancel()

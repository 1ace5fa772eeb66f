"""One step, tried until it goes through or its bounds are reached.

Only a whole transaction is ever repeated: the step's, or a statement that is a transaction of its own.  Between two
tries no transaction is open, so that nobody waits for this run.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from limbeck.environment.contention import Contention, contention
from limbeck.environment.driver_transaction import commits_by_itself, in_autocommit, in_transaction
from limbeck.environment.executions import Execution, Layer, Proceed
from limbeck.model.duration import words
from limbeck.run.waits.ladder import Climb
from limbeck.run.waits.postgresql import can_begin_anew, waits_for_itself
from limbeck.sql.implicit_commit import commits_implicitly
from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

    from limbeck.environment.reached import Reached
    from limbeck.environment.step_guard import StepGuard
    from limbeck.model.bounds import Bounds
    from limbeck.run.layers import Layers
    from limbeck.run.listener import Listener
    from limbeck.run.waits.session import Session
    from limbeck.run.waits.watch import Watch


class Trial:
    """The tries of one step; `layers` and `watched` go to its StepGuard, and `around` around its function.

    Attributes:
        climb: how often it was tried, and how the next try waits.
        committed: part of it is committed, whatever becomes of it.
        spanned: its transaction holds other steps too, or is one of `env.py`'s.
    """

    def __init__(
        self,
        reached: Reached,
        session: Session,
        bounds: Bounds,
        climb: Climb,
        name: str,
        *,
        watch: Watch,
        listener: Listener,
        pause: Callable[[float], None],
    ) -> None:
        """Nothing is tried yet.

        Args:
            name: what the session calls itself while the step runs.
        """
        self.climb = climb
        self.committed = False
        self._context: MigrationContext = reached.context
        # Where changes of the schema commit by themselves, Alembic has a transaction for each step in any case.
        self.spanned = reached.own_transaction and (
            self._context.impl.transactional_ddl or self._context._in_external_transaction
        )
        self._broken_off = False  # a statement that leaves something behind was, and has not been repeated
        self._session = session
        self._bounds = bounds
        self._name = name
        self._watch = watch
        self._listener = listener
        self._pause = pause

    @property
    def layers(self) -> tuple[Layer, ...]:
        """For the step's executions: what is repeated by itself, and what must not be broken off.

        A third, `watched`, belongs closest to the driver.
        """
        return self._repeated, self._session.lifting

    def around(self, layers: Layers, guard: StepGuard, function: Callable[..., None]) -> Callable[..., None]:
        """The step's function, guarded and bounded, and tried again as long as that is right."""
        self._layers, self._guard = layers, guard
        guarded = layers.wrap(function)

        def tried(*args: Any, **kwargs: Any) -> None:
            memo = _copied(self._context.impl.memo)
            while True:
                self._session.begin(self._bounds, self.climb.lock_timeout, self._name, own_transaction=not self.spanned)
                self._watch.expect(self._session.waits(self.climb.lock_timeout))
                try:
                    guarded(*args, **kwargs)
                except Exception as error:
                    pause = self._pause_before_next(error)
                    if pause is None:
                        raise
                else:
                    self._succeeded()
                    return
                finally:
                    self.committed = layers.kept or self._broken_off
                self._begin_anew(pause, memo)

        return tried

    def _pause_before_next(self, error: Exception) -> float | None:
        """Seconds until the step is tried again; None when it is not to be."""
        why = contention(error, self._dialect)
        transaction = self._context._transaction
        in_place = not self.spanned and transaction is not None and transaction.is_active
        if why is None or self._layers.kept or self._broken_off or not in_place:
            return None
        return self._failed(why, "the step was rolled back")

    def _begin_anew(self, pause: float, memo: dict[Any, Any]) -> None:
        context = self._context
        assert context._transaction is not None
        assert context.connection is not None
        self._watch.ends()
        context._transaction.rollback()
        self._layers.again()
        self._rest(pause)
        context._transaction = context.connection.begin()
        context.impl.memo = _copied(memo)

    def _repeated(self, execution: Execution, proceed: Proceed) -> None:
        """A layer: repeat a statement that is a transaction of its own, where the step cannot be repeated."""
        first = self._guard.fresh and in_transaction(execution.connection) is False
        while True:
            try:
                proceed()
                self._broken_off = False
                return
            except Exception as error:
                why = contention(error, self._dialect)
                autocommit = in_autocommit(execution.connection)
                alone = autocommit or first
                self._broken_off = waits_for_itself(execution)
                pause = self._failed(why, "") if why and self._repeatable(execution, why, autocommit, alone) else None
                if pause is None:
                    raise
            self._watch.ends()
            if not autocommit:
                execution.connection.dialect.do_rollback(execution.connection.connection)
            self._rest(pause)
            self._session.wait_at_most(self.climb.lock_timeout)

    def _repeatable(self, execution: Execution, why: Contention, autocommit: bool, alone: bool) -> bool:
        if self._dialect in MYSQL:  # whose errors tell nothing of the transaction: drivers keep what they knew before
            return alone or commits_implicitly(execution.text)
        if self._dialect != "postgresql":
            return alone or commits_by_itself(execution)
        if self._broken_off and (why is Contention.LOCK_TIMEOUT or not can_begin_anew(execution)):
            return False  # it has had all of `lock_wait`
        return alone and (autocommit or self._layers.kept)

    def watched(self, execution: Execution, proceed: Proceed) -> None:  # noqa: ARG002 - a layer
        """A layer: begin no statement, and end none as if nothing were, when somebody wants the run to end."""
        self._refuse_interrupted(None)
        try:
            proceed()
        except Exception as error:
            self._refuse_interrupted(error)
            raise
        except BaseException:
            self._session.abandoned()
            raise

    def _refuse_interrupted(self, error: Exception | None) -> None:
        """Interrupt the run's own thread too, where the interruption was lost: in a callback, or caught."""
        if self._watch.interrupted:
            raise KeyboardInterrupt from error

    def _failed(self, why: Contention, what: str) -> float | None:
        held = self._session.waits(self.climb.lock_timeout)
        pause = self.climb.failed()
        if pause is not None and self.climb.failures == 1:
            after = f" within {words(held)}" if why is Contention.LOCK_TIMEOUT and held else ""
            rolled_back = f": {what}," if what else ":"
            limit = words(self._bounds.lock_wait.seconds)
            self._listener.remark(f"{why.value}{after}{rolled_back} to be tried again for {limit} at most")
        return pause

    def _succeeded(self) -> None:
        if self.climb.failures:
            self._listener.remark(
                f"went through at try {self.climb.failures + 1}, {words(self.climb.waited)} after the first"
            )

    def _rest(self, seconds: float) -> None:
        if self._session.connection.dialect.is_async:
            import asyncio

            from sqlalchemy.util import await_only

            await_only(asyncio.sleep(seconds))
        else:
            self._pause(seconds)

    @property
    def _dialect(self) -> str:
        return self._session.connection.dialect.name


def _copied(memo: dict[Any, Any]) -> dict[Any, Any]:
    """What Alembic remembers of a run, such as the enums that it has created."""
    return {name: copy.copy(value) for name, value in memo.items()}

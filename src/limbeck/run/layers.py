"""What every statement of a run goes through on its way to one database."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from limbeck.environment.created import KNOWN, CreatedThings
from limbeck.environment.invalid_index import InvalidIndexes
from limbeck.environment.past_sqlalchemy import endings
from limbeck.environment.read_back import ReadBack
from limbeck.environment.step_guard import StepGuard
from limbeck.environment.transaction_block import refusal_in_transactions
from limbeck.environment.version_rows import VersionRows

if TYPE_CHECKING:
    from limbeck.environment.executions import Executions, Layer
    from limbeck.environment.reached import Reached
    from limbeck.environment.second_connection import SecondConnection
    from limbeck.environment.sqlite_transaction import SqliteTransaction
    from limbeck.model.wait import Wait
    from limbeck.run.resume import Resumption
    from limbeck.run.waits.trial import Trial


class Layers:
    """Of one database, for the length of a run; a step begins with `guard`.

    Attributes:
        read_back: of what the steps have committed; None without a second connection.
    """

    def __init__(
        self,
        reached: Reached,
        executions: Executions,
        second: SecondConnection | None,
        remark: Callable[[str], None],
        wait: Wait,
    ) -> None:
        """Lead nothing yet.

        Args:
            executions: those on the connection of the run.
            second: limbeck's own connection to the database; None when there can be none.
            remark: is told what the user should know at once.
            wait: for what another session has under way.
        """
        connection = reached.context.connection
        assert connection is not None
        self._context = reached.context
        self._executions = executions
        self._guard: StepGuard | None = None
        self._leftovers = InvalidIndexes(remark, wait)
        known = second is not None and connection.dialect.name in KNOWN
        self._created = CreatedThings(connection, second) if second is not None and known else None
        self.read_back = ReadBack(second, reached.context, self._created) if second is not None else None
        self._sqlite: SqliteTransaction | None = None
        if connection.dialect.name == "sqlite":
            from limbeck.environment.sqlite_transaction import SqliteTransaction

            self._sqlite = SqliteTransaction(connection, second, remark, self._before_part)
            executions.rollback.append(self._sqlite.rolled_back)
        self._resumption: Resumption | None = None
        self._endings = endings(connection) if self._sqlite is None else None
        self._looks_at_commit = False
        self._version_rows = VersionRows(self._context)
        executions.committing = self._commit

    def guard(self, trial: Trial, resumption: Resumption | None, outermost: Layer) -> StepGuard:
        """The guard of the next step, which is tried as `trial` says.

        Args:
            resumption: leaves out what is done, and takes down the rest; None where nothing can be taken down.
            outermost: a layer of the caller's, which sees each statement once.
        """
        self._resumption = resumption
        layers: list[Layer] = [outermost]
        if self._sqlite is not None:
            self._sqlite.next_step()
            layers.append(self._sqlite)
        if self._context.dialect.name == "postgresql":
            layers.append(refusal_in_transactions(self._context))
        layers += trial.layers  # what is removed before a build is bounded, and tried again, as the build is
        if self._context.dialect.name == "postgresql":
            layers.append(self._leftovers)
        if self._created is not None:
            layers.append(self._created)
        if resumption is not None:
            layers.append(resumption)  # it sees each try
        layers.append(trial.watched)
        undone = self._undone if self._sqlite is not None else None
        # A rollback in between, by a callback of env.py's say, is known where the server tells how transactions end.
        self._looks_at_commit = trial.spanned or (
            self._endings is not None and self._context.dialect.name == "postgresql"
        )
        last = self._created.look if self._created is not None and not self._looks_at_commit else None
        self._guard = StepGuard(self._context, layers, undone, last, self._executions, self._endings, at_once=True)
        return self._guard

    def _commit(self) -> bool:
        if self._guard is not None:
            self._guard.refuse_to_commit()
        if self._sqlite is not None:
            self._sqlite.committed()
        return self._created is not None and self._looks_at_commit and self._created.commit(_collect)

    def close(self) -> None:
        """No further step comes."""
        self._version_rows.close()
        self._executions.close()

    def again(self) -> None:
        """The step under way was rolled back, and begins anew."""
        if self._sqlite is not None:
            self._sqlite.next_step()
        if self._created is not None:
            self._created.forget()

    def wrap(self, function: Callable[..., None]) -> Callable[..., None]:
        """The function of the next step, guarded and taken down; `guard` has been called."""
        guard, resumption = self._guard, self._resumption
        assert guard is not None
        guarded = guard.wrap(function)
        if self._sqlite is not None:
            guarded = self._sqlite.seeing_failure(guarded, lambda: guard.committed)
        if resumption is None:
            return guarded

        def taken_down(*args: Any, **kwargs: Any) -> None:
            with resumption.calling(self._executions):
                guarded(*args, **kwargs)

        return taken_down

    @property
    def kept(self) -> bool:
        """Whether something of the step under way was committed before its end."""
        committed = self._guard is not None and self._guard.committed
        parted = self._sqlite is not None and self._sqlite.parted
        resumed = self._resumption is not None and self._resumption.begun_earlier
        return parted or resumed or committed

    @property
    def taken_down(self) -> bool:
        """Whether what is kept of the step under way has been written down, so that the next run goes on behind it."""
        unseen = self._guard is not None and self._guard.committed_unseen
        unseen = unseen or (self._sqlite is not None and self._sqlite.unseen)
        return self._resumption is not None and self._resumption.writes and not unseen

    def _before_part(self) -> None:
        if self._resumption is not None:
            self._resumption.flush()

    def _undone(self) -> bool:
        assert self._sqlite is not None
        assert self._guard is not None
        self._sqlite.look()
        self._guard.committed = self._guard.committed or self._sqlite.parted
        self._guard.committed_unseen = self._guard.committed_unseen or self._sqlite.unseen
        return self._sqlite.undone


def _collect() -> None:
    """What a step has left to the garbage collector, which would come for it at a time when nobody else works."""
    if gc.isenabled():
        gc.collect(0)

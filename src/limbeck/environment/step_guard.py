"""A revision's function, watched for what it does to the transaction that it runs in.

A revision that calls `op.get_bind().commit()` ends the transaction that Alembic believes to be in: whatever follows is
rolled back when the connection closes, and Alembic exits 0.  One that calls `rollback()` is recorded although what it
did is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from limbeck.environment.driver_transaction import commits_by_itself, in_transaction
from limbeck.environment.executions import Executions
from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Layer, Proceed

_READS = re.compile(r"\s*(select|show|pragma|explain)\b", re.IGNORECASE)
_ROLLBACK = re.compile(r"\s*(rollback|abort)(\s+(work|transaction))?\s*(;|$)", re.IGNORECASE)
_COMMIT = re.compile(r"\s*(commit|end)(\s+(work|transaction))?\s*(;|$)", re.IGNORECASE)


class StepGuard:
    """Wraps the function of one step, which may be called several times; see `wrap`.

    Attributes:
        error: what the last call raised, for the case that `env.py` catches it and goes on.
        committed: whether something that the last call executed is committed whatever becomes of the step: by an
        `autocommit_block`, by a commit of its own, or because the database commits it by itself.
    """

    def __init__(
        self,
        context: MigrationContext,
        layers: Sequence[Layer] = (),
        undone: Callable[[], bool] | None = None,
        last: Callable[[], None] | None = None,
        executions: Executions | None = None,
    ) -> None:
        """Guard a step on the context's connection, and lead its executions through the layers.

        Args:
            undone: whether what the step had changed is gone, where a layer knows better than this.
            last: called when the function has done its work, before its version row is written.
            executions: those on that connection, where somebody listens to them already.
        """
        self._executions = executions
        self._context = context
        self._undone = undone
        self._last = last
        self._layers = (self._watched, *layers)
        self._begin()

    def _begin(self) -> None:
        self._executed = False  # since the transaction began
        self._changed = False
        self._rolled_back = False
        self.committed = False
        self.error: BaseException | None = None

    @property
    def fresh(self) -> bool:
        """Whether nothing was executed in the step's present transaction yet."""
        return not self._executed

    def wrap(self, function: Callable[..., None]) -> Callable[..., None]:
        """The function, guarded."""

        def guarded(*args: Any, **kwargs: Any) -> None:
            self._begin()
            try:
                self._run(function, *args, **kwargs)
            except BaseException as error:
                self.error = error
                raise

        return guarded

    def _run(self, function: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        connection = self._context.connection
        assert connection is not None
        executions = self._executions or Executions(connection)
        executions.commit.append(self._commit)
        executions.rollback.append(self._rollback)
        try:
            with executions.through(self._layers):
                function(*args, **kwargs)
        finally:
            executions.commit.remove(self._commit)
            executions.rollback.remove(self._rollback)
            if self._executions is None:
                executions.close()
        if self._undone_beneath(connection):
            self._rollback(connection)
        if self._rolled_back if self._undone is None else self._undone():
            raise UsageError(
                "the revision rolled back its own connection, and what it had done is gone",
                hint="take rollback() on op.get_bind(), or ROLLBACK, out of it; what was applied stays applied",
            )
        self._go_on_in_a_transaction()
        if self._last is not None:
            self._last()

    def _go_on_in_a_transaction(self) -> None:
        """When the revision has ended Alembic's transaction, begin the one in which its version row is written."""
        context = self._context
        if context._transaction is not None and not context._transaction.is_active:
            assert context.connection is not None
            under_way = context.connection.get_transaction()
            context._transaction = under_way if under_way is not None else context.connection.begin()

    def _watched(self, execution: Execution, proceed: Proceed) -> None:
        connection, statement = execution.connection, execution.sql
        if self._executed and in_transaction(connection) is False:
            self.committed = True  # by the driver's connection, used directly
        proceed()
        if _ROLLBACK.match(statement):
            self._rollback(connection)
        elif _COMMIT.match(statement):
            self._commit(connection)
        else:
            read = _READS.match(statement) is not None
            self._changed = self._changed or not read
            if commits_by_itself(execution):
                # A function that is selected may write, but not in SQLite.
                self.committed = self.committed or not read or connection.dialect.name != "sqlite"
                self._executed = self._changed = False
            else:
                self._executed = in_transaction(connection) is not False

    def _undone_beneath(self, connection: Connection) -> bool:
        """Whether the driver's connection has no transaction any more, and SQLAlchemy does not know."""
        transaction = connection.get_transaction()
        if transaction is None or not transaction.is_active or not self._changed:
            return False
        return self._executed and in_transaction(connection) is False

    def _commit(self, _connection: Connection) -> None:
        # Reads count too: a function that is selected may write.
        self.committed = self.committed or self._executed
        self._executed = self._changed = False

    def _rollback(self, _connection: Connection) -> None:
        self._rolled_back = self._rolled_back or self._changed
        self._executed = False

"""A revision's function, watched for what it does to the transaction that it runs in.

A revision that calls `op.get_bind().commit()` ends the transaction that Alembic believes to be in: whatever follows is
rolled back when the connection closes, and Alembic exits 0.  One that calls `rollback()` is recorded although what it
did is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from limbeck.environment.driver_state import commits_each
from limbeck.environment.executions import executions_through
from limbeck.sql.implicit_commit import commits_implicitly
from limbeck.sql.opening import READING, first_word
from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Layer, Proceed

_ROLLBACK = re.compile(r"\s*(rollback|abort)(\s+(work|transaction))?\s*(;|$)", re.IGNORECASE)
_COMMIT = re.compile(r"\s*(commit|end)(\s+(work|transaction))?\s*(;|$)", re.IGNORECASE)
_IDLE = 0  # libpq's PQTRANS_IDLE


class StepRolledBack(Exception):
    """A revision rolled back its own connection, and with it what it had done."""


class StepGuard:
    """Wraps the function of one step; see `run`.

    Attributes:
        error: what the function raised, for the case that `env.py` catches it and goes on.
        kept: something that the step did was committed before the step had ended.
    """

    def __init__(
        self, context: MigrationContext, layers: Sequence[Layer] = (), undone: Callable[[], bool] = lambda: False
    ) -> None:
        """Guard a step on the context's connection, and lead its executions through the layers.

        Args:
            undone: whether the database has rolled back by itself what the step did.
        """
        self._context = context
        self._layers = (self._watched, *layers)
        self._undone = undone
        self._implicit = context.dialect.name in MYSQL
        self._changed = False  # there is something that a rollback would take away
        self._rolled_back = False
        self.kept = False
        self.error: BaseException | None = None

    def wrap(self, function: Callable[..., None]) -> Callable[..., None]:
        """The function, guarded."""

        def guarded(*args: Any, **kwargs: Any) -> None:
            try:
                self._run(function, *args, **kwargs)
            except BaseException as error:
                self.error = error
                raise

        return guarded

    def _run(self, function: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        connection = self._context.connection
        assert connection is not None
        listeners = (
            ("rollback", self._rollback),
            ("commit", self._commit),
        )
        for name, listener in listeners:
            event.listen(connection, name, listener)
        try:
            with executions_through(connection, self._layers):
                function(*args, **kwargs)
        finally:
            for name, listener in listeners:
                event.remove(connection, name, listener)
        if self._undone_beneath(connection):
            self._rollback(connection)
        if self._rolled_back or self._undone():
            raise StepRolledBack("the revision rolled back its own connection, and what it had done is gone")
        self._go_on_in_a_transaction()

    def _go_on_in_a_transaction(self) -> None:
        """When the revision has ended Alembic's transaction, begin the one in which its version row is written."""
        context = self._context
        if context._transaction is not None and not context._transaction.is_active:
            assert context.connection is not None
            under_way = context.connection.get_transaction()
            context._transaction = under_way if under_way is not None else context.connection.begin()

    def _watched(self, execution: Execution, proceed: Proceed) -> None:
        statement = execution.sql
        implicit = self._implicit and commits_implicitly(statement)
        if implicit:
            self._commit(execution.connection)
        proceed()
        if _ROLLBACK.match(statement):
            self._rollback(execution.connection)
        elif _COMMIT.match(statement):
            self._commit(execution.connection)
        elif first_word(statement) not in READING:
            self._changed = True
            if implicit or commits_each(execution.connection):
                self._commit(execution.connection)

    def _undone_beneath(self, connection: Connection) -> bool:
        """Whether the driver's connection has no transaction any more, and SQLAlchemy does not know (psycopg)."""
        transaction = connection.get_transaction()
        driver = connection.connection.dbapi_connection
        if getattr(driver, "autocommit", False):
            return False
        status = getattr(getattr(driver, "info", None), "transaction_status", None)
        return transaction is not None and transaction.is_active and self._changed and status == _IDLE

    def _commit(self, _connection: Connection) -> None:
        self.kept = self.kept or self._changed
        self._changed = False

    def _rollback(self, _connection: Connection) -> None:
        self._rolled_back = self._rolled_back or self._changed
        self._changed = False

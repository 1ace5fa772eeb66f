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

from limbeck.environment.executions import executions_through

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Layer, Proceed

_READS = re.compile(r"\s*(select|show|pragma|explain)\b", re.IGNORECASE)
_ROLLBACK = re.compile(r"\s*(rollback|abort)(\s+(work|transaction))?\s*(;|$)", re.IGNORECASE)
_COMMIT = re.compile(r"\s*(commit|end)(\s+(work|transaction))?\s*(;|$)", re.IGNORECASE)
_IDLE = 0  # libpq's PQTRANS_IDLE


class StepRolledBack(Exception):
    """A revision rolled back its own connection, and with it what it had done."""


class StepGuard:
    """Wraps the function of one step; see `run`.

    Attributes:
        error: what the function raised, for the case that `env.py` catches it and goes on.
    """

    def __init__(self, context: MigrationContext, layers: Sequence[Layer] = ()) -> None:
        """Guard a step on the context's connection, and lead its executions through the layers."""
        self._context = context
        self._layers = (self._watched, *layers)
        self._changed = False
        self._rolled_back = False
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
        if self._rolled_back and self._context.impl.transactional_ddl:
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
        proceed()
        statement = execution.sql
        if _ROLLBACK.match(statement):
            self._rolled_back = self._rolled_back or self._changed
        elif _COMMIT.match(statement):
            self._changed = False
        else:
            self._changed = self._changed or _READS.match(statement) is None

    def _undone_beneath(self, connection: Connection) -> bool:
        """Whether the driver's connection has no transaction any more, and SQLAlchemy does not know (psycopg)."""
        transaction = connection.get_transaction()
        driver = connection.connection.dbapi_connection
        if getattr(driver, "autocommit", False):
            return False
        status = getattr(getattr(driver, "info", None), "transaction_status", None)
        return transaction is not None and transaction.is_active and self._changed and status == _IDLE

    def _commit(self, _connection: Connection) -> None:
        self._changed = False

    def _rollback(self, _connection: Connection) -> None:
        self._rolled_back = self._rolled_back or self._changed

"""A revision's function, watched for what it does to the transaction that it runs in.

A revision that calls `op.get_bind().commit()` ends the transaction that Alembic believes to be in: whatever follows is
rolled back when the connection closes, and Alembic exits 0.  One that calls `rollback()` is recorded although what it
did is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from limbeck.environment.contention import ends_transaction
from limbeck.environment.driver_transaction import commits_by_itself, in_autocommit, in_transaction
from limbeck.environment.executions import Executions
from limbeck.environment.one_exchange import when_answered
from limbeck.model.errors import UsageError
from limbeck.sql.opening import opening

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Layer, Proceed
    from limbeck.environment.past_sqlalchemy import Endings

_READING = ("select", "show", "pragma", "explain")
_READS = re.compile(r"\s*[a-z]", re.IGNORECASE)  # before that word is no comment, and no parenthesis
_ENDING = ("rollback", "abort", "commit", "end")
_ENDS = re.compile(
    r"((rollback|abort)|commit|end)(\s+(work|transaction))?(\s+and\s+(no\s+)?chain)?(\s+(no\s+)?release)?\s*(;|$)",
    re.IGNORECASE,
)


class RolledBack(UsageError):
    """What a step had done is gone: its revision has rolled it back, and would be recorded all the same."""

    def __init__(self, *, partly: bool) -> None:
        """Tell it.

        Args:
            partly: something of the step was committed.
        """
        gone = "part of what it had done is gone, and part is committed" if partly else "what it had done is gone"
        super().__init__(
            f"the revision rolled back its own connection, and {gone}",
            hint="take rollback() on op.get_bind(), or ROLLBACK, out of it",
        )


class StepGuard:
    """Wraps the function of one step, which may be called several times; see `wrap`.

    Attributes:
        error: what the last call raised, for the case that `env.py` catches it and goes on.
        committed: whether something that the last call executed is committed whatever becomes of the step: by an
        `autocommit_block`, by a commit of its own, or because the database commits it by itself.
        committed_unseen: whether some of that was committed on the driver's own connection, so that nobody knew before.
    """

    def __init__(
        self,
        context: MigrationContext,
        layers: Sequence[Layer] = (),
        undone: Callable[[], bool] | None = None,
        last: Callable[[], None] | None = None,
        executions: Executions | None = None,
        endings: Endings | None = None,
        *,
        at_once: bool = False,
    ) -> None:
        """Guard a step on the context's connection, and lead its executions through the layers.

        Args:
            undone: whether what the step had changed is gone, where a layer knows better than this.
            last: called when the function has done its work, before its version row is written.
            executions: those on that connection, where somebody listens to them already.
            endings: tell how a transaction ended past SQLAlchemy, where that can be known.
            at_once: let nothing more be executed when what the step had done is gone; else its end tells it.
        """
        self._endings = endings
        self._tells_at_once = at_once
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
        self._open = False  # a transaction of the driver's, when it was looked at last
        self._running = False
        self.committed = self.committed_unseen = False
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
        if self._endings is not None:
            when_answered(connection, self._endings.step)
        self._open = self._is_open(connection, in_transaction(connection))
        self._running = True
        executions = self._executions or Executions(connection)
        executions.commit.insert(0, self._commit)  # before anything is written down that is to be committed
        executions.rollback.append(self._rollback)
        try:
            with executions.through(self._layers):
                function(*args, **kwargs)
        finally:
            executions.commit.remove(self._commit)
            executions.rollback.remove(self._rollback)
            if self._executions is None:
                executions.close()
        if connection.invalidated:
            self._rollback(connection)
        else:
            self._look(connection, in_transaction(connection), last=True)
        self._refuse_if_undone()
        self._go_on_in_a_transaction()
        self._running = False
        if self._last is not None:
            self._last()

    def refuse_to_commit(self) -> None:
        """See, when the transaction of the version row is to be committed, that it is the one in which the step ran.

        Raises:
            RolledBack: somebody has rolled that back in between, a callback of `env.py`'s say.
        """
        if not self._running and self._endings is not None and self._endings.rolled_back(sure=False):
            self._rolled_back = True
            self._refuse_committing()

    def _go_on_in_a_transaction(self) -> None:
        """When the revision has ended Alembic's transaction, begin the one in which its version row is written."""
        context = self._context
        if context._transaction is not None and not context._transaction.is_active:
            assert context.connection is not None
            under_way = context.connection.get_transaction()
            context._transaction = under_way if under_way is not None else context.connection.begin()

    def _refuse_if_undone(self) -> None:
        if self._rolled_back if self._undone is None else self._undone():
            raise RolledBack(partly=self.committed)

    def _watched(self, execution: Execution, proceed: Proceed) -> None:
        connection, word = execution.connection, execution.word
        before = in_transaction(connection)
        self._look(connection, before, last=False)
        if self._tells_at_once:
            self._refuse_if_undone()
        if word == "savepoint" and self._endings is not None and not in_autocommit(connection):
            self._endings.within(begun=before is False)  # a mark that is made behind it goes back with it
        try:
            proceed()
        except Exception as error:
            if ends_transaction(error, connection.dialect.name):
                self._rollback(connection)  # should the revision catch it
            raise
        now = in_transaction(connection)
        if self._endings is not None:
            self._endings.executed(execution.sql)
        ends = _ENDS.match(execution.sql, opening(execution.sql)) if word in _ENDING else None
        if ends is not None:
            self._rollback(connection) if ends[2] else self._commit(connection)
        else:
            read = word in _READING and _READS.match(execution.sql) is not None
            self._changed = self._changed or not read
            if commits_by_itself(execution):
                if self._endings is not None and self._endings.rolled_back(sure=True):
                    self._rolled_back = True  # by a procedure, by one of several statements, …
                elif not read or connection.dialect.name != "sqlite":
                    self.committed = True  # a function that is selected may write, but not in SQLite
                self._executed = self._changed = False
                self._ends_as_meant()
            else:
                self._executed = now is not False
                if self._endings is not None and self._executed:
                    self._endings.within(begun=before is False)
        self._open = self._is_open(connection, now)

    def _is_open(self, connection: Connection, inside: bool | None) -> bool:
        """Whether a transaction is open in which statements on the driver's connection would be; a read opens it
        elsewhere, and what changes the schema ends it.

        Args:
            inside: a transaction of the driver's.
        """
        return inside is True and connection.dialect.name == "postgresql"

    def _look(self, connection: Connection, inside: bool | None, *, last: bool) -> None:
        """See whether the driver's connection has ended a transaction, and SQLAlchemy does not know.

        Args:
            inside: as above.
        """
        ended = (self._executed or self._open) and inside is False
        if self._endings is not None:
            committed = self._endings.committed()  # asked in any case: it is told once
            if self._endings.rolled_back(sure=ended or last):
                self._rolled_back = True
            elif ended or committed:
                self._commits_unseen()
        elif ended and self._undone is None:
            transaction = connection.get_transaction()
            active = transaction is not None and transaction.is_active
            if last and self._changed and active:
                self._rollback(connection)  # nobody can tell, and nothing is to be recorded that is gone
            else:
                self._commits_unseen()

    def _commits_unseen(self) -> None:
        self.committed = self.committed_unseen = True
        self._executed = self._changed = self._open = False

    def _refuse_committing(self) -> None:
        connection = self._context.connection
        assert connection is not None
        try:
            self._refuse_if_undone()
        except RolledBack:
            # SQLAlchemy will take its transaction for ended, and nobody else would end that of the driver.
            connection.dialect.do_rollback(connection.connection)
            raise

    def _commit(self, _connection: Connection) -> None:
        if self._endings is not None and self._endings.rolled_back(sure=True):
            self._rolled_back = True
        if self._tells_at_once:
            self._refuse_committing()
        # Reads count too: a function that is selected may write.
        self.committed = self.committed or self._executed
        self._executed = self._changed = self._open = False
        self._ends_as_meant()

    def _rollback(self, _connection: Connection) -> None:
        self._rolled_back = self._rolled_back or self._changed
        self._executed = self._open = False
        self._ends_as_meant()

    def _ends_as_meant(self) -> None:
        if self._endings is not None:
            self._endings.known()

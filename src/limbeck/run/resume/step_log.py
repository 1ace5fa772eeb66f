"""How far a step comes, written down with what it changes, so that an interrupted one can go on.

A record is written on the run's own connection: it is there exactly when the change is that it tells of.  As long as a
step is one transaction, nothing is written; the records of what came before are written when a part of it is about to
be committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from limbeck.environment.catalogue_state import Rows, state_of
from limbeck.environment.driver_transaction import in_autocommit, in_transaction
from limbeck.environment.executions import OWN
from limbeck.model.journal import Event
from limbeck.model.literals import shortened, without_literals
from limbeck.model.record import NamedTuple
from limbeck.run.resume.mark import mark_of
from limbeck.run.resume.records import SHOWN, DoneStatement, StartedStatement, done_detail, started_detail
from limbeck.run.resume.writing_functions import may_write
from limbeck.sql.names import NameInText, names
from limbeck.sql.opening import first_word
from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution
    from limbeck.run.resume.doubt import Doubt
    from limbeck.run.resume.ledger import JournalLedger, LedgerRow

_OF_SCHEMA = ("create", "alter", "drop", "rename", "do")
_AT_ONCE = 500  # statements in a row of the journal
_MOST = 20_000  # statements that are kept in mind


class Noted(NamedTuple):
    """A statement that has been executed, and is not committed yet.

    Attributes:
        calls: functions that it calls, when it is a query; it counts only if one of them may change something.
    """

    number: int
    sql: str
    parameters: Any
    rowcount: int
    lastrowid: int | None
    gave_rows: bool
    temporary: bool = False
    undone: bool = False
    failed: bool = False
    calls: tuple[str, ...] = ()


class StepLog:
    """Takes down one step on one connection."""

    def __init__(self, connection: Connection, ledger: JournalLedger, state: Mapping[NameInText, str]) -> None:
        """Nothing has been executed.

        Args:
            connection: the run's.
            ledger: where the records go.
            state: how the things stand that earlier tries of this step have named.
        """
        self._connection = connection
        self._dialect = connection.dialect.name
        self._ledger = ledger
        self._state = dict(state)
        self._noted: list[Noted] = []
        self._savepoints: list[tuple[str, int]] = []

    @property
    def rows(self) -> Rows:
        """Executes a query on the run's connection."""
        return lambda query: self._connection.execute(query, execution_options=OWN).all()

    def commits_each(self) -> bool:
        """Whether the next statement commits by itself, for the session's settings alone."""
        driver = self._connection.connection.dbapi_connection
        if self._dialect == "sqlite":
            alone = getattr(driver, "isolation_level", "") is None
        else:
            alone = in_autocommit(self._connection)
        return alone and in_transaction(self._connection) is not True

    def note(self, number: int, execution: Execution, *, temporary: bool = False, calls: tuple[str, ...] = ()) -> None:
        """It has been executed, and is committed with what follows."""
        cursor = execution.cursor
        inserted = self._dialect != "postgresql" and execution.word in ("insert", "replace")
        key = getattr(cursor, "lastrowid", None) if inserted else None
        self._keep(
            Noted(
                number,
                execution.text,
                execution.parameters,
                cursor.rowcount,
                key if isinstance(key, int) and key else None,
                cursor.description is not None,
                temporary,
                calls=calls,
            )
        )

    def note_failure(self, number: int, execution: Execution) -> None:
        """It has failed; the revision may go on all the same, and what follows be committed."""
        self._keep(Noted(number, execution.text, execution.parameters, -1, None, gave_rows=False, failed=True))

    def _keep(self, noted: Noted) -> None:
        if len(self._noted) < _MOST:
            self._noted.append(noted)
        else:  # nobody could go on behind them: that there were so many is what is kept of it
            self._noted[-1] = Noted(noted.number, f"more than {_MOST} statements", None, -1, None, gave_rows=False)

    def flush(self) -> None:
        """Write down what was noted, in the transaction under way: it is about to be committed."""
        noted, self._noted = self._noted, []
        if noted:
            self._ledger.write(lambda: self._told(noted))

    def _told(self, noted: list[Noted]) -> list[LedgerRow]:
        if any(one.calls for one in noted):
            writing = may_write(self.rows, self._dialect, {name for one in noted for name in one.calls})
            noted = [one for one in noted if not one.calls or writing & set(one.calls)]
        rows = []
        for first in range(0, len(noted), _AT_ONCE):
            part = noted[first : first + _AT_ONCE]
            state = self._state_after([one.sql for one in part])
            detail = done_detail(map(self._done, part), state)
            rows.append((Event.STATEMENT_DONE, part[-1].number, detail))
        return rows

    def forget(self) -> None:
        """What was noted has been rolled back."""
        self._noted.clear()
        self._savepoints.clear()

    def savepoint(self, name: str) -> None:
        """A savepoint was set."""
        self._savepoints.append((name, len(self._noted)))

    def back_to_savepoint(self, name: str) -> None:
        """What was done after a savepoint has been rolled back."""
        for place, (known, count) in reversed(list(enumerate(self._savepoints))):
            if known == name:
                del self._savepoints[place + 1 :]
                self._noted[count:] = [one._replace(undone=True) for one in self._noted[count:]]
                return

    @property
    def is_behind(self) -> bool:
        """Whether something was noted that is committed by now, past SQLAlchemy."""
        return bool(self._noted) and in_transaction(self._connection) is False

    def started(self, number: int, execution: Execution, doubt: Doubt) -> None:
        """Write down that a statement is about to begin, with what was noted before it."""
        noted, self._noted = self._noted, []
        self._ledger.write(lambda: [*self._told(noted), self._beginning(number, execution, doubt)])

    def _beginning(self, number: int, execution: Execution, doubt: Doubt) -> LedgerRow:
        found = names(execution.text, self._dialect)
        before = state_of(self.rows, self._dialect, found if doubt.ask in ("state", "swap") else ())
        self._state.update(before)
        statement = StartedStatement(
            number,
            mark_of(execution.text, execution.parameters),
            words_of(execution.text, self._dialect),
            found,
            before,
            doubt,
        )
        return Event.STATEMENT_STARTED, number, started_detail(statement)

    def failed(self, number: int, execution: Execution) -> bool:
        """Write down that a statement which was started has failed; whether it was written.

        Where its beginning was not committed, the database has not even tried it, and it is noted like any other.
        """
        if in_transaction(self._connection) is True:
            self.note_failure(number, execution)
            return False
        one = DoneStatement(
            number,
            mark_of(execution.text, execution.parameters),
            words_of(execution.text, self._dialect),
            failed=True,
        )
        self._ledger.write(lambda: [(Event.STATEMENT_FAILED, number, done_detail([one], {}))])
        return True

    def done_by_itself(self, statement: DoneStatement, sql: str) -> None:
        """Write down that a statement of an earlier try has happened."""
        self._ledger.write(
            lambda: [
                (
                    Event.STATEMENT_DONE,
                    statement.number,
                    done_detail([statement], self._state_after([sql])),
                )
            ]
        )

    def _done(self, one: Noted) -> DoneStatement:
        return DoneStatement(
            one.number,
            mark_of(one.sql, one.parameters),
            words_of(one.sql, self._dialect),
            one.rowcount,
            one.lastrowid,
            one.gave_rows,
            one.temporary,
            one.undone,
            one.failed,
        )

    def _state_after(self, sqls: Sequence[str]) -> Mapping[NameInText, str]:
        """How what these have named stands now; an empty digest for what was there and is gone."""
        found = [name for sql in sqls if first_word(sql) in _OF_SCHEMA for name in names(sql, self._dialect)]
        if not found:
            return {}
        after = dict(state_of(self.rows, self._dialect, dict.fromkeys(found)))
        plain = {name.name.lower() for name in found}
        gone = {name: "" for name in self._state if name.name.lower() in plain and name not in after}
        self._state.update({**after, **gone})
        return {**after, **gone}


@lru_cache(maxsize=64)
def words_of(sql: str, dialect: str) -> str:
    """How a statement begins, without its literals."""
    return shortened(without_literals(sql[: 4 * SHOWN], mysql=dialect in MYSQL), SHOWN)

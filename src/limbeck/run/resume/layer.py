"""The layer that leaves out what an interrupted step has done, and takes down what it does now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from limbeck.environment.driver_transaction import in_transaction
from limbeck.environment.left_out import leave_out, result_is_discarded
from limbeck.model.errors import StepUnfinished
from limbeck.run.resume.mark import mark_of
from limbeck.run.resume.step_log import StepLog, words_of
from limbeck.sql.tokens import MYSQL
from limbeck.sql.traces import Trace, functions, trace_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Executions, Proceed
    from limbeck.run.resume.doubt import Answer
    from limbeck.run.resume.ledger import JournalLedger
    from limbeck.run.resume.records import DoneStatement, StartedStatement, Unfinished
    from limbeck.run.resume.replay import Replay

_SAVEPOINT = re.compile(r"\W*savepoint\s+(\S+)", re.IGNORECASE)
_BACK = re.compile(r"\W*rollback\s+(?:work\s+|transaction\s+)?to\s+(?:savepoint\s+)?(\S+)", re.IGNORECASE)
_COMMIT = re.compile(r"\W*(commit|end)\b", re.IGNORECASE)
_ROLLBACK = re.compile(r"\W*(rollback|abort)\b", re.IGNORECASE)


class Resumption:
    """Of one step on one connection; its function may be called several times."""

    def __init__(
        self,
        connection: Connection,
        ledger: JournalLedger,
        unfinished: Unfinished | None,
        fingerprint: str,
        remark: Callable[[str], None],
    ) -> None:
        """Take nothing down yet.

        Args:
            connection: the run's.
            ledger: of the step.
            unfinished: what an earlier run has done of it; None when nothing.
            fingerprint: SHA-256 of the revision's file.
            remark: tells the user.
        """
        self._connection = connection
        self._dialect = connection.dialect.name
        self._unfinished = unfinished
        self._fingerprint = fingerprint
        self._remark = remark
        self._ledger = ledger
        self._log = StepLog(connection, ledger, unfinished.state if unfinished is not None else {})
        self._replay: Replay | None = None
        self._number = 1

    @contextmanager
    def calling(self, executions: Executions) -> Iterator[None]:
        """The step's function is called; then its version row is to be written, or it has failed.

        Args:
            executions: those on the run's connection.
        """
        self._log.forget()
        self._number = 1
        if self._unfinished is not None:
            from limbeck.run.resume.replay import Replay  # which few steps need

            self._replay = Replay(self._unfinished, self._fingerprint, self._ask)
            self._number = self._replay.next_number
        executions.commit.append(self._committing)
        executions.rollback.append(self._rolled_back)
        try:
            yield
        finally:
            executions.commit.remove(self._committing)
            executions.rollback.remove(self._rolled_back)
        if self._replay is not None:
            self._replay.end()

    @property
    def begun_earlier(self) -> bool:
        """Whether an earlier run has done something of the step."""
        return self._unfinished is not None

    @property
    def writes(self) -> bool:
        """Whether what is done is written down."""
        return self._ledger.writes

    def __call__(self, execution: Execution, proceed: Proceed) -> None:
        """The layer."""
        if self._log.is_behind:
            self._log.flush()
        sql = execution.text
        trace = trace_of(sql, self._dialect)
        if trace is Trace.SESSION:
            self._of_session(sql, proceed)
        elif trace is Trace.NOTHING:
            self._query(execution, proceed)
        elif not self._was_done(execution):
            number, self._number = self._number, self._number + 1
            self._execute(number, trace, execution, proceed)

    def flush(self) -> None:
        """Something else commits on this connection now."""
        self._log.flush()

    def _query(self, execution: Execution, proceed: Proceed) -> None:
        calls = functions(execution.text, self._dialect)
        if not calls:
            proceed()
            return
        record = (
            self._replay.was_done(mark_of(execution.text, execution.parameters)) if self._replay is not None else None
        )
        if record is not None:
            self._leave_out(execution, record)
            return
        number, self._number = self._number, self._number + 1
        proceed()
        self._log.note(number, execution, calls=calls)
        if self._log.commits_each():
            self._log.flush()

    def _of_session(self, sql: str, proceed: Proceed) -> None:
        back, savepoint = _BACK.match(sql), _SAVEPOINT.match(sql)
        if back is None and _COMMIT.match(sql):
            self._log.flush()
        proceed()
        if back is not None:
            self._log.back_to_savepoint(back[1])
        elif savepoint is not None:
            self._log.savepoint(savepoint[1])
        elif _ROLLBACK.match(sql):
            self._log.forget()

    def _was_done(self, execution: Execution) -> bool:
        """Leave the statement out, if an earlier run has done it."""
        replay = self._replay
        if replay is None or replay.over:
            return False
        mark = mark_of(execution.text, execution.parameters)
        record = replay.was_done(mark)
        if record is not None and record.failed:
            return False
        if record is None:
            happened = replay.happened(mark, words_of(execution.text, self._dialect))
            if happened is None:
                return False
            from limbeck.run.resume.records import DoneStatement

            record = DoneStatement(happened.number, mark, happened.words)
            self._log.done_by_itself(record, execution.text)
            self._number = max(self._number, record.number + 1)
        self._leave_out(execution, record)
        return True

    def _leave_out(self, execution: Execution, record: DoneStatement) -> None:
        if record.gave_rows and not result_is_discarded():
            assert self._unfinished is not None
            raise StepUnfinished.unsure(
                self._unfinished.revision, f"it wants the rows again that this gave when it was done: {record.words}"
            )
        leave_out(execution, record.rowcount, record.lastrowid)

    def _execute(self, number: int, trace: Trace, execution: Execution, proceed: Proceed) -> None:
        temporary = trace is Trace.TEMPORARY
        each = self._log.commits_each()
        if trace in (Trace.ALONE, Trace.COMMITTED, Trace.UNKNOWN) and (each or self._dialect in MYSQL):
            self._execute_alone(number, trace, execution, proceed)
        elif each and not temporary:
            self._execute_within(number, execution, proceed)
        else:
            try:
                proceed()
            except Exception as error:
                if not self._is_lost(error):
                    self._log.note_failure(number, execution)
                raise
            self._log.note(number, execution, temporary=temporary)
            if each:
                self._log.flush()

    def _execute_alone(self, number: int, trace: Trace, execution: Execution, proceed: Proceed) -> None:
        """What commits by itself: its beginning is written down before it, its end after it."""
        from limbeck.run.resume.doubt import Doubt, doubt_about

        try:
            doubt = doubt_about(self._log.rows, execution.text, self._dialect, trace)
        except DBAPIError:
            doubt = Doubt("unsure")
        if doubt.ask == "again":
            self._log.flush()
        else:
            self._log.started(number, execution, doubt)
        try:
            proceed()
        except Exception as error:
            known = trace is not Trace.UNKNOWN and doubt.ask not in ("again", "detached")
            if known and not self._is_lost(error) and self._log.failed(number, execution):
                self._commit()
            raise
        self._log.note(number, execution)
        if trace is not Trace.UNKNOWN or self._log.commits_each():
            self._log.flush()
            self._commit()

    def _commit(self) -> None:
        if in_transaction(self._connection):
            self._send("COMMIT")

    def _execute_within(self, number: int, execution: Execution, proceed: Proceed) -> None:
        """What would commit by itself, in one transaction with its record."""
        self._send("BEGIN IMMEDIATE" if self._dialect == "sqlite" else "BEGIN")
        try:
            proceed()
            self._log.note(number, execution)
            self._log.flush()
        except BaseException:
            self._log.forget()
            # Of a connection that is lost, or was interrupted in the middle of an answer, nothing can be wanted.
            with suppress(self._connection.dialect.loaded_dbapi.Error, OSError):
                self._send("ROLLBACK")
            raise
        self._send("COMMIT")

    def _is_lost(self, error: BaseException) -> bool:
        """Whether the connection is gone, so that nobody knows what became of the statement."""
        dialect = self._connection.dialect
        if isinstance(error, DBAPIError):
            return error.connection_invalidated
        if not isinstance(error, dialect.loaded_dbapi.Error):
            return isinstance(error, OSError)
        return bool(dialect.is_disconnect(error, self._connection.connection.dbapi_connection, None))

    def _ask(self, statement: StartedStatement) -> Answer:
        from limbeck.run.resume.doubt import FOUND, answer

        found = answer(self._log.rows, self._dialect, statement)
        if found in FOUND:
            self._remark(f"{statement.number} {statement.words}: {FOUND[found]}")
        return found

    def _committing(self, _connection: Connection) -> None:
        self._log.flush()

    def _rolled_back(self, _connection: Connection) -> None:
        self._log.forget()

    def _send(self, sql: str) -> None:
        """Past SQLAlchemy, which knows of no transaction here."""
        cursor = self._connection.connection.cursor()
        cursor.execute(sql)
        cursor.close()

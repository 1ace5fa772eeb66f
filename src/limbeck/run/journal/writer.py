"""Writing rows of the journal, so that nothing that goes wrong with it reaches the run.

Rows go through limbeck's second connection and are committed at once: what a step did may be rolled back, that it ran
is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from limbeck.environment.failure import is_lock_timeout, one_line, sqlstate
from limbeck.model.journal import Entry
from limbeck.run.journal.insertion import WITHOUT_WHO, Insertion
from limbeck.run.journal.table import is_there

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.in_flight import Reply
    from limbeck.environment.second_connection import SecondConnection
    from limbeck.run.journal.table import JournalPlace

PATIENCE = 0.1  # seconds to wait for a lock on the journal; the run waits as long
LAST_PATIENCE = 1.0  # the same when the run has ended
_MOST_PASSES = 64
_AT_ONCE = 40  # rows; SQLite takes 999 parameters, or many more, by its version
# A lock is not had, or there is no such schema: it is being made in the transaction of the run.
_TO_PASS = ("55P03", "3F000")
_SENT_AT_MOST = 2  # rows: one step's last and the next one's first; each count is a statement that the server keeps


class JournalWriter:
    """Appends rows to one journal; made, written and given up without ever raising an error of the database.

    What cannot be written now is kept and written later: while the run's own connection is in a write transaction of
    SQLite, and while somebody has locked the table.  What can never be written is told once, in a remark.
    """

    def __init__(
        self,
        place: JournalPlace,
        second: SecondConnection,
        beside: Connection,
        remark: Callable[[str], None],
        masked: Callable[[str], str],
    ) -> None:
        """Nothing is written yet, and no table made.

        Args:
            second: limbeck's own connection, which commits every statement.
            beside: the connection of the run.
            remark: tells the user.
            masked: takes passwords out of a text.
        """
        self._place = place
        self._second = second
        self._is_free = _freedom(beside)
        self._remark = remark
        self._masked = masked
        self._waiting: list[Entry] = []
        self._sent: tuple[Reply, int] | None = None  # how many of those that are waiting were sent
        self._ready = False
        self._off = False
        self._passes, self._to_pass = 1, 0  # how many writes to leave out when the table is locked
        self._insertions: dict[tuple[bool, int], Insertion] = {}

    @property
    def place(self) -> JournalPlace | None:
        """The journal, when its table is there and can be written."""
        return self._place if self._ready and not self._off else None

    def write(self, *entries: Entry) -> None:
        """Append the rows, now or as soon as it is possible; where the driver can, the server does so meanwhile."""
        self.confirm()
        if self._off:
            return
        self._waiting += entries
        if self._to_pass:
            self._to_pass -= 1
        elif self._is_free() and not self._send():
            self._try(PATIENCE)

    def _send(self, most: int = _SENT_AT_MOST) -> bool:
        """Send what is waiting, to be confirmed later; whether that could be done.

        Args:
            most: rows; not the rest of them, where there are more than one step has.
        """
        sent = self._waiting[:most]
        if not self._ready or (most == _SENT_AT_MOST and len(sent) < len(self._waiting)):
            return False
        try:
            self._second.limit_waits(PATIENCE)
        except (SQLAlchemyError, OSError):
            return False  # the ordinary way tells why
        insertion = self._insertion(sent)
        reply = self._second.send(insertion.numbered, insertion.texts(sent))
        if reply is not None:
            self._sent = (reply, len(sent))
        return reply is not None

    def confirm(self) -> None:
        """See that the rows which were sent are there, or as soon as it is possible."""
        if self._sent is None:
            return
        (reply, count), self._sent = self._sent, None
        if self._second.answered(reply).rows is not None:
            del self._waiting[:count]
            self._passes = 1
        elif reply.sqlstate in _TO_PASS:
            self._pass()
        else:
            self._try(PATIENCE)

    def close(self) -> None:
        """Append what is left; the run has ended, and its transaction with it."""
        self.confirm()
        while len(self._waiting) > _AT_ONCE and not self._off and self._send(_AT_ONCE):
            before = len(self._waiting)
            self.confirm()
            if len(self._waiting) == before:
                break
        if self._waiting and not self._off:
            self._try(LAST_PATIENCE)
        if self._waiting and not self._off:
            self._give_up("its table is locked")

    def _try(self, patience: float) -> None:
        try:
            self._second.limit_waits(patience)
            with self._second.in_turn():
                self._append(self._second.connection)
            self._passes = 1
        except (SQLAlchemyError, OSError) as error:
            if isinstance(error, DBAPIError) and (is_lock_timeout(error) or sqlstate(error) in _TO_PASS):
                self._pass()
            else:
                lost = self._second.connection.invalidated
                self._give_up("the connection was lost" if lost else self._masked(one_line(error)))

    def _pass(self) -> None:
        self._passes = min(2 * self._passes, _MOST_PASSES)
        self._to_pass = self._passes

    def _append(self, connection: Connection) -> None:
        if not self._ready:
            self._prepare(connection)
        while self._waiting:
            part = self._waiting[:_AT_ONCE]
            self._insert(connection, part)
            del self._waiting[: len(part)]

    def _prepare(self, connection: Connection) -> None:
        """Make the table when it is not there."""
        if connection.dialect.name == "postgresql":
            # A server that goes down may lose the last rows, but none from before a commit of the run itself.
            connection.exec_driver_sql("SET synchronous_commit = off")
        if not is_there(connection, self._place.table):
            self._place.table.create(connection)
        self._ready = True

    def _give_up(self, reason: str) -> None:
        self._off = True
        self._waiting.clear()
        self._remark(f"the journal cannot be written, and the run goes on without it: {reason}")

    def _insert(self, connection: Connection, entries: list[Entry]) -> None:
        insertion = self._insertion(entries)
        connection.exec_driver_sql(insertion.sql, insertion.parameters(entries))

    def _insertion(self, entries: list[Entry]) -> Insertion:
        told = any(entry.who is not None for entry in entries)
        insertion = self._insertions.get((told, len(entries)))
        if insertion is None:
            columns = Entry._fields if told else WITHOUT_WHO
            insertion = Insertion(self._place.table, columns, len(entries), self._second.connection.dialect)
            self._insertions[told, len(entries)] = insertion
        return insertion


def _freedom(beside: Connection) -> Callable[[], bool]:
    """Tells whether another connection may write now, as far as that depends on the run's own.

    In SQLite one connection writes at a time, and a second one that tries would wait for the first, which waits for us.
    """
    if beside.dialect.name != "sqlite":
        return lambda: True
    from sqlite3 import ProgrammingError  # which nobody else needs

    driver: Any = beside.connection.driver_connection

    def is_free() -> bool:
        try:
            return not driver.in_transaction
        except (ProgrammingError, ValueError):  # it is closed
            return True

    return is_free

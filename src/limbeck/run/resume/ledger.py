"""The journal as the run's own connection writes it: a record is there exactly when the change is that it tells of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from limbeck.environment.driver_transaction import in_transaction
from limbeck.environment.executions import OWN
from limbeck.environment.failure import one_line
from limbeck.model.journal import Entry, Event
from limbeck.run.journal.insertion import WITHOUT_WHO, Insertion

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

LedgerRow = tuple[Event, int, str]
MakeRows = Callable[[], Sequence[LedgerRow]]
MakeEntry = Callable[[Event, int | None, str | None], Entry]


class JournalLedger:
    """Of one step.  What cannot be written is told once; the step goes on without it."""

    def __init__(
        self,
        connection: Connection,
        table: Table,
        entry: MakeEntry,
        masked: Callable[[str], str],
        remark: Callable[[str], None],
    ) -> None:
        """Write nothing yet.

        Args:
            connection: the run's.
            table: the journal.
            entry: makes a row of this step: what it tells, of which statement, in detail.
            masked: takes passwords out of a text.
            remark: tells the user.
        """
        self._connection = connection
        self._table = table
        self._entry = entry
        self._masked = masked
        self._remark = remark
        self._off = False

    @property
    def writes(self) -> bool:
        """Whether it can be written, as far as is known."""
        return not self._off

    def write(self, rows: MakeRows) -> None:
        """Append rows in the transaction under way, if there is one.

        Args:
            rows: what each tells, of which statement, in detail; asked for where an error of the database does no harm.
        """
        if self._off:
            return
        # In PostgreSQL an error would take the whole transaction with it.
        guarded = self._connection.dialect.name == "postgresql" and in_transaction(self._connection) is not False
        try:
            if guarded:
                self._execute("SAVEPOINT limbeck_journal")
            self._insert(rows())
            if guarded:
                self._execute("RELEASE SAVEPOINT limbeck_journal")
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            if guarded:
                self._execute("ROLLBACK TO SAVEPOINT limbeck_journal")
            self._off = True
            self._remark(f"this step cannot be taken up again if it is interrupted: {self._masked(one_line(error))}")

    def _insert(self, rows: Sequence[LedgerRow]) -> None:
        entries = [self._entry(event, number, self._masked(detail)) for event, number, detail in rows]
        if entries:
            insertion = Insertion(self._table, WITHOUT_WHO, len(entries), self._connection.dialect)
            parameters = insertion.parameters(entries)
            self._connection.exec_driver_sql(insertion.sql, parameters, execution_options=OWN)

    def _execute(self, sql: str) -> None:
        self._connection.exec_driver_sql(sql, execution_options=OWN)

"""Writing rows of the journal, so that nothing that goes wrong with it reaches the run.

Rows go through limbeck's second connection and are committed at once: what a step did may be rolled back, that it ran
is not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from limbeck.environment.failure import is_lock_timeout, one_line, sqlstate
from limbeck.model.journal import Entry
from limbeck.run.journal.table import is_there

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection, Dialect

    from limbeck.environment.second_connection import SecondConnection
    from limbeck.run.journal.table import JournalPlace

PATIENCE = 0.1  # seconds to wait for a lock on the journal; the run waits as long
LAST_PATIENCE = 1.0  # the same when the run has ended
_MOST_PASSES = 64
_AT_ONCE = 40  # rows; SQLite takes 999 parameters, or many more, by its version
_INVALID_SCHEMA_NAME = "3F000"


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
        self._ready = False
        self._off = False
        self._passes, self._to_pass = 1, 0  # how many writes to leave out when the table is locked
        self._insertions: dict[tuple[tuple[str, ...], int], _Insertion] = {}

    def write(self, *entries: Entry) -> None:
        """Append the rows, now or as soon as it is possible."""
        if self._off:
            return
        self._waiting += entries
        if self._to_pass:
            self._to_pass -= 1
        elif self._is_free():
            self._try(PATIENCE)

    def close(self) -> None:
        """Append what is left; the run has ended, and its transaction with it."""
        if self._waiting and not self._off:
            self._try(PATIENCE if self._passes == 1 else LAST_PATIENCE)
        if self._waiting and not self._off:
            self._give_up("its table is locked")

    def _try(self, patience: float) -> None:
        connection = self._second.connection
        try:
            self._second.limit_waits(patience)
            if not self._ready:
                self._prepare(connection)
            while self._waiting:
                part = self._waiting[:_AT_ONCE]
                self._insert(connection, part)
                del self._waiting[: len(part)]
            self._passes = 1
        except (SQLAlchemyError, OSError) as error:
            if isinstance(error, DBAPIError) and (is_lock_timeout(error) or sqlstate(error) == _INVALID_SCHEMA_NAME):
                # A schema that is not there is being made in the transaction of the run.
                self._passes = min(2 * self._passes, _MOST_PASSES)
                self._to_pass = self._passes
            else:
                self._give_up(self._masked(one_line(error)))

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
        columns = tuple(name for name in Entry._fields if any(getattr(entry, name) is not None for entry in entries))
        insertion = self._insertions.get((columns, len(entries)))
        if insertion is None:
            insertion = _Insertion(self._place.table, columns, len(entries), connection.dialect)
            self._insertions[columns, len(entries)] = insertion
        connection.exec_driver_sql(insertion.sql, insertion.parameters(entries))


class _Insertion:
    """One INSERT of so many rows, in the words of the driver: SQLAlchemy takes three times as long for its own."""

    def __init__(self, table: Table, columns: Sequence[str], count: int, dialect: Dialect) -> None:
        preparer = dialect.identifier_preparer
        binds = [[f"{name}_{row}" for name in columns] for row in range(count)]
        rows = ", ".join("(" + ", ".join(f":{bind}" for bind in row) + ")" for row in binds)
        target = f"{preparer.format_table(table)} ({', '.join(map(preparer.quote, columns))})".replace(":", "\\:")
        types = [bindparam(f"{name}_{row}", type_=table.c[name].type) for row in range(count) for name in columns]
        compiled: Any = (
            text(f"INSERT INTO {target} VALUES {rows}").bindparams(*types).compile(dialect=dialect)  # noqa: S608 - quoted
        )
        self.sql: str = compiled.string
        self._order: list[str] | None = compiled.positiontup
        self._columns = [(name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in columns]
        self._zone = dialect.name == "postgresql"

    def parameters(self, entries: Sequence[Entry]) -> tuple[Any, ...] | dict[str, Any]:
        """The parameters of the INSERT, as the driver takes them."""
        values: dict[str, Any] = {}
        for row, entry in enumerate(entries):
            for name, processor in self._columns:
                value: Any = getattr(entry, name)
                if isinstance(value, str):
                    value = _storable(value)
                elif name == "at":
                    value = value.astimezone(UTC) if self._zone else value.astimezone(UTC).replace(tzinfo=None)
                values[f"{name}_{row}"] = processor(value) if processor is not None else value
        return values if self._order is None else tuple(values[name] for name in self._order)


def _freedom(beside: Connection) -> Callable[[], bool]:
    """Tells whether another connection may write now, as far as that depends on the run's own.

    In SQLite one connection writes at a time, and a second one that tries would wait for the first, which waits for us.
    """
    if beside.dialect.name != "sqlite":
        return lambda: True
    driver: Any = beside.connection.driver_connection

    def is_free() -> bool:
        try:
            return not driver.in_transaction
        except (sqlite3.ProgrammingError, ValueError):  # it is closed
            return True

    return is_free


def _storable(words: str) -> str:
    """The text as every database takes it: no NUL, no half of a surrogate pair."""
    return (
        str(words)
        if words.isascii() and "\0" not in words
        else words.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
    )

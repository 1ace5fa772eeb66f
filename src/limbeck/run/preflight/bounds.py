"""How a connection is kept from changing anything, and from answering for ever, while questions are asked on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.exc import DBAPIError

from limbeck.environment.failure import sqlstate
from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, NestedTransaction

Code = str | int | None


class Bounds(Protocol):
    """What holds while questions are asked."""

    def begin(self) -> None:
        """Before the first question."""

    def question(self, seconds: float) -> None:
        """Before each: it may take so long."""

    def failed(self, error: DBAPIError) -> tuple[Code, bool]:
        """The database refused a question: its code, and whether it was for want of time.  It can be asked again."""

    def end(self) -> None:
        """After the last question: everything is as it was."""


def bounds_on(connection: Connection, out_of_time: Callable[[], bool]) -> Bounds:
    """The bounds for the connection's kind of database; `out_of_time` says whether all time is over."""
    name = connection.dialect.name
    if name == "postgresql":
        return _PostgreSQL(connection)
    return _MySQL(connection) if name in MYSQL else _SQLite(connection, out_of_time)


class _PostgreSQL:
    """A savepoint that is read only and has a statement timeout, and is rolled back."""

    _CANCELED = "57014"
    _NO_TRANSACTION = "25P01"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._savepoint: NestedTransaction | None = None
        self._block = False

    def begin(self) -> None:
        """Nothing yet: a savepoint is set for the first question."""

    def question(self, seconds: float) -> None:
        if self._savepoint is None and not self._block:
            try:
                self._savepoint = self._connection.begin_nested()
            except DBAPIError as error:
                if sqlstate(error) != self._NO_TRANSACTION:
                    raise
                self._connection.exec_driver_sql("BEGIN")  # each statement of this connection commits by itself
                self._block = True
            self._connection.exec_driver_sql("SET LOCAL transaction_read_only = on")
        self._connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}")

    def failed(self, error: DBAPIError) -> tuple[Code, bool]:
        self.end()
        code = sqlstate(error)
        return code, code == self._CANCELED

    def end(self) -> None:
        if self._savepoint is not None and self._savepoint.is_active:
            self._savepoint.rollback()
        if self._block:
            self._connection.exec_driver_sql("ROLLBACK")
        self._savepoint, self._block = None, False


class _MySQL:
    """The session's own bound of a query.

    A transaction can be read only there from its beginning alone; what is asked are queries.
    """

    _OUT_OF_TIME = (1969, 3024, 1317)  # MariaDB's, MySQL's, a query that was interrupted

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._mariadb = bool(getattr(connection.dialect, "is_mariadb", False))
        self._variable = "max_statement_time" if self._mariadb else "max_execution_time"
        self._before: Any = None

    def begin(self) -> None:
        with suppress(DBAPIError):  # an old server, which has no bound
            self._before = self._connection.exec_driver_sql(f"SELECT @@SESSION.{self._variable}").scalar()

    def question(self, seconds: float) -> None:
        if self._before is not None:
            length = max(0.001, seconds) if self._mariadb else max(1, int(seconds * 1000))
            self._connection.exec_driver_sql(f"SET SESSION {self._variable} = {length}")

    def failed(self, error: DBAPIError) -> tuple[Code, bool]:
        arguments = getattr(error.orig, "args", ())
        code = arguments[0] if arguments and isinstance(arguments[0], int) else None
        return code, code in self._OUT_OF_TIME

    def end(self) -> None:
        if self._before is not None:
            self._connection.exec_driver_sql(f"SET SESSION {self._variable} = {self._before}")


class _SQLite:
    """`query_only`, and a look at the clock every so many steps of SQLite's machine."""

    _INTERRUPTED = 9
    _STEPS = 2000

    def __init__(self, connection: Connection, out_of_time: Callable[[], bool]) -> None:
        self._connection = connection
        self._out_of_time = out_of_time
        self._before = 0

    def begin(self) -> None:
        self._before = int(self._connection.exec_driver_sql("PRAGMA query_only").scalar() or 0)
        self._connection.exec_driver_sql("PRAGMA query_only = 1")
        self._look_at_the_clock(lambda: int(self._out_of_time()))

    def question(self, seconds: float) -> None:
        """The clock is looked at anyway."""

    def failed(self, error: DBAPIError) -> tuple[Code, bool]:
        code = getattr(error.orig, "sqlite_errorcode", None)
        return code, code == self._INTERRUPTED

    def end(self) -> None:
        self._look_at_the_clock(None)
        self._connection.exec_driver_sql(f"PRAGMA query_only = {self._before}")

    def _look_at_the_clock(self, look: Callable[[], int] | None) -> None:
        driver = self._connection.connection.driver_connection
        set_handler = getattr(driver, "set_progress_handler", None)
        if set_handler is not None and not self._connection.dialect.is_async:  # an async driver has no such way
            set_handler(look, self._STEPS)

"""A connection of limbeck's own beside the one with which `env.py` migrates.

It holds the run lock, writes the journal, and sees what the run has committed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only, greenlet_spawn

from limbeck.environment.driver_transaction import leave_transactions
from limbeck.environment.failure import is_lock_timeout
from limbeck.environment.in_flight import InFlight, Parameter, Reply, in_flight

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Row
    from sqlalchemy.sql import Executable

_BUSY_TIMEOUT = 5000  # milliseconds that Python's sqlite3 waits by itself


class SecondConnection:
    """Opened as the project's engine opens its own, pool listeners and redirection included; every statement commits
    by itself.  Another thread may use it while the run waits for a statement of its own; they take turns.
    """

    def __init__(self, beside: Connection, search_path: str | None = None) -> None:
        """Connect.

        Args:
            beside: a connection of the engine.
            search_path: of PostgreSQL; None to ask that connection.

        Raises:
            DBAPIError: the database gives no second connection.
        """
        engine = beside.engine
        pool = NullPool(engine.pool._creator, dialect=engine.dialect, _dispatch=engine.pool.dispatch)
        connection = Engine(pool, engine.dialect, engine.url).connect()
        translated = beside.get_execution_options().get("schema_translate_map")
        if translated:
            connection = connection.execution_options(schema_translate_map=translated)
        self.connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        leave_transactions(self.connection)
        self._in_flight = in_flight(self.connection)
        self._limit: float | None = None
        self._turn = threading.Lock()
        # An async driver's connection belongs to the event loop in which it was opened.
        self._loop = asyncio.get_running_loop() if engine.dialect.is_async else None
        self._turn_in_loop = asyncio.Lock()
        self._in_turn = _Turn(self._turn, self._in_flight) if self._loop is None else _TurnInLoop(self._turn_in_loop)
        try:
            self._look_where(beside, search_path)
        except BaseException:
            connection.close()
            raise

    def _look_where(self, beside: Connection, search_path: str | None) -> None:
        """Look for tables where the other connection does, which `env.py` may have led to a tenant's schema."""
        if self.dialect == "postgresql":
            if search_path is None:
                with asked(beside, "SHOW search_path") as path:
                    search_path = str(path)
            self.execute("SELECT set_config('search_path', :path, false)", {"path": search_path})

    @property
    def translates(self) -> bool:
        """Whether SQLAlchemy puts another schema in place of those that statements name."""
        return bool(self.connection.get_execution_options().get("schema_translate_map"))

    @property
    def dialect(self) -> str:
        """SQLAlchemy's name of the dialect."""
        return self.connection.dialect.name

    def rows(self, statement: str | Executable, parameters: Mapping[str, Any] | None = None) -> list[Row[Any]]:
        """Execute a query, with `:name` for parameters when it is a text; what gives no rows gives none."""
        query = text(statement) if isinstance(statement, str) else statement
        try:
            return self._rows(query, parameters)
        except DBAPIError as error:
            if self._limit is None or not is_lock_timeout(error):
                raise
        self.limit_waits(None)
        return self._rows(query, parameters)

    def rows_within(self, seconds: float, query: Executable) -> list[Row[Any]]:
        """Execute a query that waits for a lock no longer than that.

        Raises:
            DBAPIError: `is_lock_timeout`, among others.
        """
        self.limit_waits(seconds)
        return self._rows(query, None)

    def _rows(self, query: Executable, parameters: Mapping[str, Any] | None) -> list[Row[Any]]:
        with self.in_turn():
            result = self.connection.execute(query, parameters or {})
            return list(result.all()) if result.returns_rows else []

    def rows_from_thread(
        self, statement: str | Executable, parameters: Mapping[str, Any] | None = None, *, within: float = 5.0
    ) -> list[Row[Any]]:
        """As `rows`, on another thread than the run's.

        Args:
            within: seconds that the event loop of an async driver has to answer.

        Raises:
            TimeoutError: it did not, since the run holds it up or has ended it.
        """
        if self._loop is None:
            return self.rows(statement, parameters)
        if self._loop.is_closed():
            raise TimeoutError("the event loop of the run has ended")
        asked = asyncio.run_coroutine_threadsafe(greenlet_spawn(self.rows, statement, parameters), self._loop)
        try:
            return asked.result(within)
        except TimeoutError:
            asked.cancel()
            raise

    def send(self, sql: str, parameters: Sequence[Parameter]) -> Reply | None:
        """Send a statement that is answered while the run goes on; `answered` waits for that.

        Whoever uses the connection before waits for it too.

        Args:
            sql: with `$1` for the first parameter; of the fewest different texts, since each is prepared and kept.

        Returns:
            None where the driver can do nothing of the kind.
        """
        if self._in_flight is None:
            return None
        with self.in_turn():
            return self._in_flight.send(sql, parameters)

    def answered(self, reply: Reply) -> Reply:
        """The same, with its answer."""
        with self.in_turn():
            return reply

    def in_turn(self) -> AbstractContextManager[None]:
        """The turn to use `connection`, which nobody else has meanwhile, and on which nothing is under way."""
        return self._in_turn

    def value(self, statement: str | Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row; None without a row."""
        found = self.rows(statement, parameters)
        return found[0][0] if found else None

    def execute(self, statement: str | Executable, parameters: Mapping[str, Any] | None = None) -> None:
        """Execute a statement that gives no rows."""
        with self.in_turn():
            self.connection.execute(text(statement) if isinstance(statement, str) else statement, parameters or {})

    def has_table(self, name: str, schema: str | None) -> bool:
        """Whether there is such a table; without a schema, in the one that the connection looks into first."""
        with self.in_turn():
            return inspect(self.connection).has_table(name, schema)

    def limit_waits(self, seconds: float | None) -> None:
        """From now on wait for a lock no longer than that, as near as the database can have it; None is its own limit.

        It is left in place, for the sake of one exchange less: a query that fails by it is asked again without.
        """
        if seconds == self._limit:
            return
        if self.dialect == "sqlite":
            limit = _BUSY_TIMEOUT if seconds is None else round(seconds * 1000)
            words = f"PRAGMA busy_timeout = {limit}"
        elif self.dialect == "postgresql":
            words = f"SET lock_timeout = {'DEFAULT' if seconds is None else round(seconds * 1000)}"
        else:
            limit_words = "DEFAULT" if seconds is None else str(max(1, round(seconds)))
            words = f"SET SESSION lock_wait_timeout = {limit_words}, innodb_lock_wait_timeout = {limit_words}"
        with self.in_turn():
            self.connection.exec_driver_sql(words)
        self._limit = seconds

    def close(self) -> None:
        """Close it; what the session held is let go."""
        if self._loop is not None:
            self.connection.close()
            return
        with self._turn:
            self.connection.close()


class _Turn:
    """Entered by one thread after the other; several times in each step, hence no generator."""

    def __init__(self, turn: threading.Lock, in_flight: InFlight | None) -> None:
        self._turn = turn
        self._in_flight = in_flight

    def __enter__(self) -> None:
        self._turn.acquire()
        if self._in_flight is not None:
            try:
                self._in_flight.receive()
            except BaseException:
                self._turn.release()
                raise

    def __exit__(self, *_error: object) -> None:
        self._turn.release()


class _TurnInLoop:
    """The same, of an event loop's tasks."""

    def __init__(self, turn: asyncio.Lock) -> None:
        self._turn = turn

    def __enter__(self) -> None:
        await_only(self._turn.acquire())

    def __exit__(self, *_error: object) -> None:
        self._turn.release()


def lives_in_its_connection(connection: Connection) -> bool:
    """Whether nobody else can see this database: SQLite in memory."""
    if connection.dialect.name != "sqlite":
        return False
    database = connection.engine.url.database
    return not database or database == ":memory:" or "mode=memory" in database


@contextmanager
def asked(connection: Connection, query: str) -> Iterator[Any]:
    """The answer to a query of one value, within the transaction in which it was asked.

    A transaction that was not there before is ended again.
    """
    began = not connection.in_transaction()
    try:
        yield connection.exec_driver_sql(query).scalar_one()
    finally:
        if began and connection.in_transaction():  # SQLAlchemy 1.4 begins none by itself
            connection.rollback()

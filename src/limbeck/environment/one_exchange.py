"""Transactions that begin and end together with a query, in one exchange with the server where drivers take two.

What need not be known at once is answered while the run goes on, and the run does while it waits what it has to do at
some time anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_IDLE, _IN_TRANSACTION = 0, 2  # libpq's PQTRANS_IDLE and PQTRANS_INTRANS
_PIPELINE_OFF = 0
_COMMAND_OK, _TUPLES_OK = 1, 2


def begun_with(connection: Connection, *queries: str) -> list[Any]:
    """Begin the driver's transaction and execute queries in it.

    Returns:
        libpq's result of each; none where nothing was done: another driver than psycopg, a transaction that is open,
        none that is wanted, one of a kind of its own, or a query that the server refuses.
    """
    driver = _driver(connection, _IDLE)
    if driver is None or _is_of_its_own_kind(driver):
        return []
    results = _results(driver, "; ".join(("BEGIN", *queries)))
    if _failed(results) is None:
        return results[1:]
    driver.rollback()
    return []


def sent(connection: Connection, query: str) -> bool:
    """Send a query for what it does, and begin the driver's transaction with it unless one is open; `answer` waits for
    the server, and whoever uses the driver's connection next does that first.

    An error of the driver is raised there, as one of what is then under way.

    Returns:
        False where nothing was done, as `begun_with` and `committed_with` tell it.
    """
    driver = _driver(connection, _IDLE)
    if driver is not None and _is_of_its_own_kind(driver):
        return False
    begun = driver is None
    driver = driver or _driver(connection, _IN_TRANSACTION)
    if driver is None or not hasattr(driver, "lock"):
        return False
    driver.pgconn.send_query((query if begun else f"BEGIN; {query}").encode())
    driver.pgconn.flush()
    driver.lock = _Awaiting(driver)
    return True


def answer(connection: Connection) -> None:
    """Wait for the answer to what was sent, if there is none yet."""
    lock = getattr(connection.connection.dbapi_connection, "lock", None)
    if type(lock) is _Awaiting:
        with lock:
            pass


def when_answered(connection: Connection, function: Callable[[], None]) -> None:
    """Call a function as soon as what was sent is answered, before anything else happens on the connection; at once
    when nothing is under way.
    """
    lock = getattr(connection.connection.dbapi_connection, "lock", None)
    if type(lock) is _Awaiting:
        lock.then.append(function)
    else:
        function()


class _Awaiting:
    """In place of the lock that psycopg takes for whatever it does on a connection: it has the answer first.

    Attributes:
        then: called, one after the other, when that is there.
    """

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._lock = driver.lock
        self.then: list[Callable[[], None]] = []

    def __enter__(self) -> None:
        self._lock.acquire()
        driver = self._driver
        try:
            if driver.lock is self:
                driver.lock = self._lock
                good(driver.wait(_generator_of_results()(driver.pgconn)), driver)
                for function in self.then:
                    function()
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, *_error: object) -> None:
        self._lock.release()


def committed_with(
    connection: Connection, query: str | None, meanwhile: Callable[[], object] | None = None
) -> tuple[str | None, ...] | None:
    """Execute a query that gives one row, and commit the driver's transaction behind it.

    Args:
        query: None to commit and no more.
        meanwhile: called while the server is at work.

    Returns:
        the row, as texts; None where nothing was done: another driver than psycopg, no transaction that is open and
        has not failed, or one that a `commit()` would not end.

    Raises:
        Error: of the driver; nothing is committed, unless the connection is lost.
    """
    answer(connection)
    driver = _driver(connection, _IN_TRANSACTION)
    if driver is None or getattr(driver, "_num_transactions", True) or getattr(driver, "_tpc", True):
        return None
    results = good(_results(driver, "COMMIT" if query is None else f"{query}; COMMIT", meanwhile), driver)
    if query is None:
        return ()
    row = results[0]
    values = (row.get_value(0, column) for column in range(row.nfields))
    return tuple(value.decode() if value is not None else None for value in values)


def _driver(connection: Connection, status: int) -> Any | None:
    """The driver's connection, where it can do this and is in that state."""
    if connection.dialect.driver != "psycopg" or connection.dialect.is_async:
        return None
    driver: Any = connection.connection.dbapi_connection
    pgconn = driver.pgconn
    in_state = pgconn.transaction_status == status and pgconn.pipeline_status == _PIPELINE_OFF
    return driver if in_state and not driver.autocommit else None


def _is_of_its_own_kind(driver: Any) -> bool:
    """Whether its transactions are begun with more than BEGIN."""
    return (driver.isolation_level, driver.read_only, driver.deferrable) != (None, None, None)


def _results(driver: Any, queries: str, meanwhile: Callable[[], object] | None = None) -> list[Any]:
    driver.pgconn.send_query(queries.encode())
    try:
        if meanwhile is not None:
            driver.pgconn.flush()
            meanwhile()
    finally:
        results: list[Any] = driver.wait(_generator_of_results()(driver.pgconn))
    return results


def _failed(results: Sequence[Any]) -> Any | None:
    """The one of the results that is a failure; None when all went well."""
    return next((result for result in results if result.status not in (_COMMAND_OK, _TUPLES_OK)), None)


def good(results: Sequence[Any], driver: Any) -> Sequence[Any]:
    """Libpq's results, if there is no error among them.

    Raises:
        Error: of the driver.
    """
    failed = _failed(results)
    if failed is not None:
        from psycopg.errors import error_from_result

        raise error_from_result(failed, encoding=driver.info.encoding)
    return results


@cache
def _generator_of_results() -> Any:
    from psycopg.generators import execute  # it is there when its connection is

    return execute

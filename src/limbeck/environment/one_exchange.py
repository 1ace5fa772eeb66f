"""Transactions that begin and end together with a query, in one exchange with the server where drivers take two."""

from __future__ import annotations

from collections.abc import Sequence
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
    if driver is None or (driver.isolation_level, driver.read_only, driver.deferrable) != (None, None, None):
        return []
    results = _results(driver, "; ".join(("BEGIN", *queries)))
    if _failed(results) is None:
        return results[1:]
    driver.rollback()
    return []


def committed_with(connection: Connection, query: str) -> tuple[str | None, ...] | None:
    """Execute a query that gives one row, and commit the driver's transaction behind it.

    Returns:
        the row, as texts; None where nothing was done: another driver than psycopg, no transaction that is open and
        has not failed, or one that a `commit()` would not end.

    Raises:
        Error: of the driver; nothing is committed, unless the connection is lost.
    """
    driver = _driver(connection, _IN_TRANSACTION)
    if driver is None or getattr(driver, "_num_transactions", True) or getattr(driver, "_tpc", True):
        return None
    results = good(_results(driver, f"{query}; COMMIT"), driver)
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


def _results(driver: Any, queries: str) -> list[Any]:
    driver.pgconn.send_query(queries.encode())
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

"""A transaction that is begun by its first statement, in one exchange with the server where drivers take two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def begun_with(connection: Connection, *queries: str) -> list[Any]:
    """Begin the driver's transaction and execute queries in it.

    Returns:
        libpq's result of each; none where nothing was done: another driver than psycopg, a transaction that is open,
        none that is wanted, one of a kind of its own, or a query that the server refuses.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.driver != "psycopg" or connection.dialect.is_async or driver.autocommit:
        return []
    from psycopg import generators, pq  # they are there when their connection is

    pgconn = driver.pgconn
    idle = pgconn.transaction_status == pq.TransactionStatus.IDLE and pgconn.pipeline_status == pq.PipelineStatus.OFF
    if not idle or (driver.isolation_level, driver.read_only, driver.deferrable) != (None, None, None):
        return []
    pgconn.send_query("; ".join(("BEGIN", *queries)).encode())
    results = driver.wait(generators.execute(pgconn))
    if all(result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK) for result in results):
        return list(results[1:])
    driver.rollback()
    return []

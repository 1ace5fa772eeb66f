"""Several statements in one exchange with the server, by libpq itself: psycopg's own conversations and its values take
longer than the statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from limbeck.database.catalogue.postgresql.planned import Rows
from limbeck.environment.one_exchange import begun_with, good

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_WITHIN = 2  # libpq's PQTRANS_INTRANS


class Conversation:
    """With the server of a connection; in autocommit, or within its transaction."""

    def __init__(self, connection: Connection) -> None:
        """Nothing is said yet."""
        self._connection = connection

    def together(self, statements: Sequence[str]) -> list[Rows] | None:
        """The rows of each; None where that takes another driver or a transaction."""
        driver = self._driver
        if driver is None:
            return None
        if len(statements) == 1:
            results = [driver.pgconn.exec_(statements[0].encode())]
        else:
            driver.pgconn.send_query(";".join(statements).encode())
            results = list(iter(driver.pgconn.get_result, None))
        return _rows_of(good(results, driver), driver)

    def beginning(self, statements: Sequence[str]) -> list[Rows]:
        """The same, of a transaction that they begin; none where they begin none, or the server refuses one of them."""
        results = begun_with(self._connection, *statements)
        return _rows_of(results, self._connection.connection.driver_connection) if results else []

    def behind(self, statement: str, statements: Sequence[str]) -> list[Rows] | None:
        """The same, behind a statement that is executed for what it does; it is interrupted as psycopg does it."""
        driver = self._driver
        if driver is None:
            return None
        from psycopg.generators import execute  # it is there when its connection is

        text = "\n;".join((statement, ";".join(statements)))
        with driver.lock:
            driver.pgconn.send_query(text.encode(driver.info.encoding))
            results = driver.wait(execute(driver.pgconn))
        return _rows_of(good(results, driver)[-len(statements) :], driver)

    @property
    def _driver(self) -> Any:
        driver: Any = self._connection.connection.driver_connection
        if self._connection.dialect.driver != "psycopg" or not (
            driver.autocommit or driver.pgconn.transaction_status == _WITHIN
        ):
            return None
        return driver


def _rows_of(results: Sequence[Any], driver: Any) -> list[Rows]:
    encoding = driver.info.encoding
    return [
        [
            tuple(
                None if (value := result.get_value(row, column)) is None else value.decode(encoding)
                for column in range(result.nfields)
            )
            for row in range(result.ntuples)
        ]
        for result in results
    ]

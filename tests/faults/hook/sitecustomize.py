"""What an experiment puts into the processes that it starts, and into no other: PYTHONPATH names this folder.

FAULTS_DRIVER   the database driver, imported and watched: psycopg, pymysql or sqlite3
FAULTS_MANY     a folder with a file for each process to be: when everything heavy is imported, the process forks that
                often; what a child writes goes to its file, and the first process writes how each ended behind it
FAULTS_GATE     a socket: connect when everything heavy is imported, and go on when a byte comes
FAULTS_TRACE    a file: a line for every point that is passed, with the time
FAULTS_KILL_AT  the number of a point, from 1: the process kills itself there, as by kill -9
FAULTS_PAUSE_AT the number of a point: connect to the socket FAULTS_PAUSE there, and go on when a byte comes

The points are: before and after every statement, before and after every commit, as the driver is asked for them; so it
does not matter whether Alembic, SQLAlchemy or limbeck asks.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

_KILL_AT = int(os.environ.get("FAULTS_KILL_AT", "0"))
_PAUSE_AT = int(os.environ.get("FAULTS_PAUSE_AT", "0"))
_TRACE = os.environ.get("FAULTS_TRACE")
_HEAVY = ("sqlalchemy", "sqlalchemy.dialects", "alembic.command", "alembic.runtime.migration")

_lock = threading.Lock()
_passed = 0


def _wait_at(place: str) -> None:
    with socket.socket(socket.AF_UNIX) as gate:
        gate.connect(place)
        gate.recv(1)


def _point(label: str) -> None:
    global _passed
    if threading.current_thread() is not threading.main_thread():
        return  # it looks at a statement that takes long: how often, a busy machine decides
    with _lock:
        _passed += 1
        number = _passed
        if _TRACE is not None:
            with open(_TRACE, "a", encoding="utf-8") as trace:
                trace.write(f"{time.monotonic()} {label}\n")
    if number == _KILL_AT:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == _PAUSE_AT:
        _wait_at(os.environ["FAULTS_PAUSE"])


def _watched(method: Callable[..., Any], what: str = "") -> Callable[..., Any]:
    """The method of a driver with a point on either side; `what` it does, or else its first argument says."""

    @functools.wraps(method)
    def passing(self: Any, *args: Any, **kwargs: Any) -> Any:
        label = what or " ".join(str(args[0]).split())
        _point(f"before {label}")
        result = method(self, *args, **kwargs)
        _point(f"after {label}")
        return result

    return passing


def _watch_psycopg() -> None:
    import psycopg

    psycopg.Cursor.execute = _watched(psycopg.Cursor.execute)  # type: ignore[method-assign]
    psycopg.Cursor.executemany = _watched(psycopg.Cursor.executemany)  # type: ignore[method-assign]
    psycopg.Connection.commit = _watched(psycopg.Connection.commit, "COMMIT")  # type: ignore[method-assign]


def _watch_pymysql() -> None:
    from pymysql.connections import Connection
    from pymysql.cursors import Cursor

    Cursor.execute = _watched(Cursor.execute)
    Connection.commit = _watched(Connection.commit, "COMMIT")


class _Cursor(sqlite3.Cursor):
    execute = _watched(sqlite3.Cursor.execute)
    executemany = _watched(sqlite3.Cursor.executemany)


class _Connection(sqlite3.Connection):
    commit = _watched(sqlite3.Connection.commit, "COMMIT")

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, *args: Any) -> Any:
        return self.cursor().execute(*args)


def _watch_sqlite3() -> None:
    connect = functools.partial(sqlite3.connect, factory=_Connection)
    sqlite3.connect = sqlite3.dbapi2.connect = connect  # type: ignore[misc,assignment]


_WATCH = {"psycopg": _watch_psycopg, "pymysql": _watch_pymysql, "sqlite3": _watch_sqlite3}


def _begin() -> None:
    driver = os.environ.get("FAULTS_DRIVER")
    if driver is not None:
        _WATCH[driver]()
    gate = os.environ.get("FAULTS_GATE")
    if gate is not None:
        for name in _HEAVY:
            importlib.import_module(name)
        _become_many(os.environ["FAULTS_MANY"])
        _wait_at(gate)


def _become_many(folder: str) -> None:
    """Return in a child for each file of the folder; the process itself ends when all of them have."""
    children = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        child = os.fork()
        if child == 0:
            stream = os.open(path, os.O_WRONLY | os.O_APPEND)
            os.dup2(stream, 1)
            os.dup2(stream, 2)
            os.close(stream)
            return
        children[child] = path
    while children:
        child, status = os.wait()
        with open(children.pop(child) + ".status", "w", encoding="utf-8") as ended:
            ended.write(str(os.waitstatus_to_exitcode(status)))
    os._exit(0)


_begin()

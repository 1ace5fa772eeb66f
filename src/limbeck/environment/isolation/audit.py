"""Keeps drivers that are written in Python, and SQLite, from any database but the target."""

from __future__ import annotations

import os
import sys
import sysconfig
from typing import Any

from limbeck.environment.isolation.target import Target, refuse

# Drivers in Python: whatever they connect to is a database.
_IN_PYTHON = frozenset(
    [
        "pymysql",
        "aiomysql",
        "asyncmy",
        "pg8000",
        "redshift_connector",
        "clickhouse_driver",
        "clickhouse_connect",
        "pytds",
        "pymongo",
    ]
)
_PORTS = frozenset({1433, 1521, 3306, 3307, 5432, 5433, 5439, 6432, 9000, 9440, 26257, 27017, 50000})
_SOCKETS = (".s.PGSQL.", "mysql", "mariadb")
_INSTALLED = tuple(
    os.path.join(path, "") for path in {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
)


def audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Keep drivers that are written in Python, and SQLite, from any database."""
    if Target.address is None:
        return
    if event == "socket.connect":
        _audit_socket(arguments[1])
    elif event == "sqlite3.connect" and not _is_sqlite_target(arguments[0]) and _project_asks():
        refuse("sqlite3")


def _is_sqlite_target(database: Any) -> bool:
    """Whether it is the file of the scratch database."""
    if Target.backend != "sqlite" or not isinstance(database, str | bytes | os.PathLike):
        return False
    return os.path.abspath(os.fsdecode(database)) == (Target.address or {}).get("dbname")


def _audit_socket(address: Any) -> None:
    target = Target.address or {}
    if Target.backend in ("mysql", "mariadb") and _driver() in ("pymysql", "aiomysql", "asyncmy"):
        return  # the driver itself was asked where it is going
    if isinstance(address, str | bytes):
        path = os.fsdecode(address)
        if not path.startswith(target.get("host", "\0")) and any(word in path for word in _SOCKETS):
            refuse(path)
        return
    if isinstance(address, tuple) and len(address) > 1:
        if address[0] == target.get("host") and str(address[1]) == target.get("port", "5432"):
            return
        driver = _driver()
        if driver is not None or (address[1] in _PORTS and not target.get("host", "/").startswith(str(address[0]))):
            refuse(driver or f"port {address[1]} of {address[0]}")


def _driver() -> str | None:
    """The driver, written in Python, that is on the stack."""
    frame = sys._getframe(2)
    while frame is not None:
        name = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if name in _IN_PYTHON:
            return name
        frame = frame.f_back  # type: ignore[assignment]
    return None


def _project_asks() -> bool:
    """Whether code of the project is on the stack before any tool that watches this process."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if "coverage" in name:
            return False
        if not name.startswith((*_INSTALLED, "<")) and "site-packages" not in name and "limbeck" not in name:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False

"""No connection but to one database, whichever driver opens it and whoever asks: for rehearsals.

SQLAlchemy's engines are led by `Redirection`.  This is what remains: an `env.py`, a revision or what they import that
calls a driver by itself.  Drivers of PostgreSQL are led to the scratch database where they take their address, when it
is one of PostgreSQL; all other connections but those to the scratch database itself are refused.

A driver is changed once in a process, and as long as nothing is isolated it does what it always did.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_POSTGRESQL = "postgresql"
# Whole drivers that reach other kinds of databases without a socket of Python's.
_REFUSED = {
    "MySQLdb": "connect",
    "mysql.connector": "connect",
    "mariadb": "connect",
    "oracledb": "connect",
    "pyodbc": "connect",
    "pymssql": "connect",
    "duckdb": "connect",
    "ibm_db": "connect",
    "pymysql.connections": "Connection",
    "snowflake.connector": "connect",
}
_OF_MYSQL = ("MySQLdb", "mysql.connector", "mariadb", "pymysql.connections")
_MYSQL_PORT = "3306"
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


class _Target:
    """The one database that may be reached; None when nothing is isolated."""

    address: dict[str, str] | None = None
    backend = _POSTGRESQL


@contextmanager
def isolated(target: URL) -> Iterator[None]:
    """While entered, drivers connect to the target, or are refused with UsageError."""
    _prepare()
    before = _Target.address, _Target.backend
    _Target.address, _Target.backend = _parameters(target), target.get_backend_name()
    try:
        yield
    finally:
        _Target.address, _Target.backend = before


def libpq_environment(target: URL) -> dict[str, str]:
    """The environment variables by which libpq finds the target, for programs that the project starts."""
    if target.get_backend_name() != _POSTGRESQL:
        return {}
    names = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD"}
    return {names[name]: value for name, value in _parameters(target).items() if name in names}


def _parameters(target: URL) -> dict[str, str]:
    """The target as libpq's parameters."""
    query = {name: value if isinstance(value, str) else value[0] for name, value in target.query.items()}
    found = {
        "host": target.host or query.get("host", ""),
        "port": str(target.port or query.get("port", "")),
        "dbname": target.database or "",
        "user": target.username or "",
        "password": target.password or "",
        "unix_socket": query.get("unix_socket", ""),
    }
    return {name: str(value) for name, value in found.items() if value}


def _refuse(what: str) -> None:
    raise UsageError(
        f"{what} opens a connection of its own, which is not to the scratch database",
        hint="let env.py connect through an SQLAlchemy engine; lint leads that to the scratch database by itself",
    )


def _prepare() -> None:
    """Change the drivers that are loaded, and those that will be; once."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    for name, change in _CHANGES.items():
        module = sys.modules.get(name)
        if module is not None:
            change(module)
    sys.meta_path.insert(0, _Finder())
    sys.addaudithook(_audit)  # there is no way to take it off again; with nothing isolated it does nothing


class _Finder(MetaPathFinder):
    """Changes a driver when it has been imported."""

    def __init__(self) -> None:
        self._within: set[str] = set()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the interpreter gives it
        target: ModuleType | None = None,  # noqa: ARG002 - as above
    ) -> ModuleSpec | None:
        """The driver's own specification, with the change behind its loader."""
        if fullname not in _CHANGES or fullname in self._within:
            return None
        self._within.add(fullname)
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._within.discard(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, _CHANGES[fullname])
        return spec


class _Loader(Loader):
    def __init__(self, own: Any, change: Callable[[ModuleType], None]) -> None:
        self._own = own
        self._change = change

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self._own.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        self._own.exec_module(module)
        self._change(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)


def _lead_psycopg(module: ModuleType) -> None:
    """Below every way to connect: `connect`, `Connection`, `AsyncConnection`, the pools."""
    base = module.BaseConnection
    own = base._connect_gen.__func__

    def led(cls: type[Any], /, conninfo: str = "", **options: Any) -> Any:
        return own(cls, _led_conninfo(conninfo), **options)

    base._connect_gen = classmethod(led)


def _postgresql_target(driver: str) -> dict[str, str] | None:
    """Where a driver of PostgreSQL is led; None when nothing is isolated."""
    if _Target.address is not None and _Target.backend != _POSTGRESQL:
        _refuse(driver)
    return _Target.address


def _led_conninfo(conninfo: str) -> str:
    address = _postgresql_target("psycopg")
    if address is None:
        return conninfo
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    kept = {
        name: value for name, value in conninfo_to_dict(conninfo).items() if name in ("options", "application_name")
    }
    return make_conninfo("", **{**kept, **address})


def _lead_psycopg2(module: ModuleType) -> None:
    own = module._connect

    def led(dsn: str, *arguments: Any, **options: Any) -> Any:
        address = _postgresql_target("psycopg2")
        if address is not None:
            extensions = importlib.import_module("psycopg2.extensions")

            kept = {name: value for name, value in extensions.parse_dsn(dsn).items() if name == "options"}
            dsn = extensions.make_dsn("", **{**kept, **address})
        return own(dsn, *arguments, **options)

    vars(module)["_connect"] = led


def _lead_asyncpg(module: ModuleType) -> None:
    own = module._connect

    async def led(**options: Any) -> Any:
        address = _postgresql_target("asyncpg")
        if address is not None:
            options = {name: None if name in _ASYNCPG_ADDRESS else value for name, value in options.items()}
            options.update(host=address["host"], database=address["dbname"], user=address.get("user"))
            options.update(port=int(address.get("port", 5432)), password=address.get("password"))
        return await own(**options)

    vars(module)["_connect"] = led


_ASYNCPG_ADDRESS = frozenset(
    {"dsn", "host", "port", "user", "password", "passfile", "service", "servicefile", "database", "ssl"}
)


def _refuse_module(name: str, attribute: str) -> Callable[[ModuleType], None]:
    """A change by which a function, or the making of a class' instances, is refused."""

    def change(module: ModuleType) -> None:
        found: Any = vars(module)[attribute]
        is_class = isinstance(found, type)
        own = vars(found)["__init__"] if is_class else found

        def refused(*arguments: Any, **options: Any) -> Any:
            if _Target.address is not None and not (name in _OF_MYSQL and _is_mysql_target(options)):
                _refuse(name.partition(".")[0])
            return own(*arguments, **options)

        holder, place = (found, "__init__") if is_class else (module, attribute)
        setattr(holder, place, refused)

    return change


def _is_mysql_target(options: dict[str, Any]) -> bool:
    """Whether a driver of MySQL and MariaDB is about to connect to the scratch database."""
    address = _Target.address
    if address is None or _Target.backend not in ("mysql", "mariadb"):
        return False
    database = options.get("database") or options.get("db")
    if str(database or "") != address.get("dbname", ""):
        return False
    if "unix_socket" in address:
        return bool(options.get("unix_socket") == address["unix_socket"])
    own = str(options.get("host") or "localhost"), str(options.get("port") or _MYSQL_PORT)
    return own == (address.get("host", "localhost"), address.get("port", _MYSQL_PORT))


_CHANGES: dict[str, Callable[[ModuleType], None]] = {
    "psycopg._connection_base": _lead_psycopg,
    "psycopg2": _lead_psycopg2,
    "asyncpg.connect_utils": _lead_asyncpg,
    **{name: _refuse_module(name, function) for name, function in _REFUSED.items()},
}


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Keep drivers that are written in Python, and SQLite, from any database."""
    if _Target.address is None:
        return
    if event == "socket.connect":
        _audit_socket(arguments[1])
    elif event == "sqlite3.connect" and not _is_sqlite_target(arguments[0]) and _project_asks():
        _refuse("sqlite3")


def _is_sqlite_target(database: Any) -> bool:
    """Whether it is the file of the scratch database."""
    if _Target.backend != "sqlite" or not isinstance(database, str | bytes | os.PathLike):
        return False
    return os.path.abspath(os.fsdecode(database)) == (_Target.address or {}).get("dbname")


def _audit_socket(address: Any) -> None:
    target = _Target.address or {}
    if _Target.backend in ("mysql", "mariadb") and _driver() in ("pymysql", "aiomysql", "asyncmy"):
        return  # the driver itself was asked where it is going
    if isinstance(address, str | bytes):
        path = os.fsdecode(address)
        if not path.startswith(target.get("host", "\0")) and any(word in path for word in _SOCKETS):
            _refuse(path)
        return
    if isinstance(address, tuple) and len(address) > 1:
        if address[0] == target.get("host") and str(address[1]) == target.get("port", "5432"):
            return
        driver = _driver()
        if driver is not None or (address[1] in _PORTS and not target.get("host", "/").startswith(str(address[0]))):
            _refuse(driver or f"port {address[1]} of {address[0]}")


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

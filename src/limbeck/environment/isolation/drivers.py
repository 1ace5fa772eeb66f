"""Drivers that are led to the target where they take their address, or are refused."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from limbeck.environment.isolation.target import POSTGRESQL, Target, refuse

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


def _lead_psycopg(module: ModuleType) -> None:
    """Below every way to connect: `connect`, `Connection`, `AsyncConnection`, the pools."""
    base = module.BaseConnection
    own = base._connect_gen.__func__

    def led(cls: type[Any], /, conninfo: str = "", **options: Any) -> Any:
        return own(cls, _led_conninfo(conninfo), **options)

    base._connect_gen = classmethod(led)


def _postgresql_target(driver: str) -> dict[str, str] | None:
    """Where a driver of PostgreSQL is led; None when nothing is isolated."""
    if Target.address is not None and Target.backend != POSTGRESQL:
        refuse(driver)
    return Target.address


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
            if Target.address is not None and not (name in _OF_MYSQL and _is_mysql_target(options)):
                refuse(name.partition(".")[0])
            return own(*arguments, **options)

        holder, place = (found, "__init__") if is_class else (module, attribute)
        setattr(holder, place, refused)

    return change


def _is_mysql_target(options: dict[str, Any]) -> bool:
    """Whether a driver of MySQL and MariaDB is about to connect to the scratch database."""
    address = Target.address
    if address is None or Target.backend not in ("mysql", "mariadb"):
        return False
    database = options.get("database") or options.get("db")
    if str(database or "") != address.get("dbname", ""):
        return False
    if "unix_socket" in address:
        return bool(options.get("unix_socket") == address["unix_socket"])
    own = str(options.get("host") or "localhost"), str(options.get("port") or _MYSQL_PORT)
    return own == (address.get("host", "localhost"), address.get("port", _MYSQL_PORT))


CHANGES: dict[str, Callable[[ModuleType], None]] = {
    "psycopg._connection_base": _lead_psycopg,
    "psycopg2": _lead_psycopg2,
    "asyncpg.connect_utils": _lead_asyncpg,
    **{name: _refuse_module(name, function) for name, function in _REFUSED.items()},
}

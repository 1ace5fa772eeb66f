"""What the driver knows of its connection's transaction, asked without a word to the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution

_IDLE = 0  # libpq's PQTRANS_IDLE
_IDLE_OF_PG8000 = b"I"
_IN_TRANSACTION = 1  # of MariaDB's server status
# Of MySQL and MariaDB, whose COMMIT, DDL and more end what is under way.
_WITHIN_TRANSACTIONS = frozenset(
    (
        *("select", "insert", "update", "delete", "replace", "with", "values", "table", "call", "do", "set", "show"),
        *("savepoint", "release", "load", "handler", "use", "describe", "desc", "explain", "help", "prepare"),
        *("deallocate", "signal", "get"),
    )
)
_BEGINNING = ("begin", "start")  # a transaction, when the one before is committed


def in_autocommit(connection: Connection) -> bool:
    """Whether every statement commits by itself, as within `autocommit_block()`."""
    driver = connection.connection.dbapi_connection
    ask = getattr(driver, "get_autocommit", None)  # PyMySQL and its kin, of which `autocommit` is a method
    return (ask() if callable(ask) else getattr(driver, "autocommit", False)) is True


def in_transaction(connection: Connection) -> bool | None:
    """Whether the driver has a transaction open; None when it does not tell."""
    # This is asked at every statement: psycopg makes a new `info` each time that it is asked for one.
    own = getattr(connection.connection.dbapi_connection, "pgconn", None)
    if own is not None:
        return bool(own.transaction_status != _IDLE)
    driver = connection.connection.driver_connection
    status = getattr(getattr(driver, "pgconn", None) or getattr(driver, "info", None), "transaction_status", None)
    if isinstance(status, int):  # psycopg's async connections, psycopg2
        return status != _IDLE
    told = getattr(driver, "_transaction_status", None)  # pg8000's, of which it tells in no other way
    if isinstance(told, bytes):
        return told != _IDLE_OF_PG8000
    ask = getattr(driver, "is_in_transaction", None)  # asyncpg
    if callable(ask):
        return bool(ask())
    status = getattr(driver, "server_status", None)  # PyMySQL
    if isinstance(status, int):
        return bool(status & _IN_TRANSACTION)
    told = getattr(driver, "in_transaction", None)  # sqlite3
    return told if isinstance(told, bool) else None


def server_setting(connection: Connection, name: str) -> str | None:
    """A setting of PostgreSQL's, of which the server tells the driver at every change; None when that does not tell it.

    Args:
        name: in lower case; `application_name`, for one.
    """
    driver = connection.connection.driver_connection
    tell = getattr(getattr(driver, "pgconn", None), "parameter_status", None)
    if callable(tell):  # psycopg
        told = tell(name.encode())
        return told.decode() if told is not None else None
    tell = getattr(getattr(driver, "info", None), "parameter_status", None)
    if callable(tell):  # psycopg2
        found = tell(name)
        return str(found) if found is not None else None
    statuses = getattr(driver, "parameter_statuses", None)  # pg8000
    if isinstance(statuses, dict):
        found = statuses.get(name)
        return str(found) if found is not None else None
    settings = getattr(driver, "get_settings", None)  # asyncpg
    found = getattr(settings(), name, None) if callable(settings) else None
    return str(found) if found is not None else None


def commits_by_itself(execution: Execution) -> bool:
    """Whether a statement that has been executed is committed with that, whatever follows."""
    connection = execution.connection
    if in_autocommit(connection):
        return in_transaction(connection) is not True  # which somebody may have begun all the same
    dialect = connection.dialect.name
    if dialect in MYSQL:
        if execution.word in _WITHIN_TRANSACTIONS:
            return False
        # Temporary tables, and what executes other statements, commit something or nothing, as the case may be.
        return execution.word in _BEGINNING or in_transaction(connection) is not True
    return dialect == "sqlite" and in_transaction(connection) is False


def leave_transactions(connection: Connection) -> None:
    """Have a driver of SQLite that was told to be in a transaction at all times be in none by itself.

    Python 3.12's `autocommit=False` does not mind SQLAlchemy's AUTOCOMMIT, and would keep what it has read locked.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and getattr(driver, "autocommit", None) is False:
        driver.autocommit = True

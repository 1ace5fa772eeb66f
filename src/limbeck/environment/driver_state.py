"""What the driver of a connection says of its transaction, which SQLAlchemy may not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def commits_each(connection: Connection) -> bool:
    """Whether every statement commits by itself: the isolation level AUTOCOMMIT, as in `autocommit_block()`."""
    driver = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        return getattr(driver, "isolation_level", "") is None and not in_sqlite_transaction(connection)
    ask = getattr(driver, "get_autocommit", None)  # MySQL's drivers, of which some have a method called autocommit
    return bool(ask()) if ask is not None else getattr(driver, "autocommit", False) is True


def in_sqlite_transaction(connection: Connection) -> bool:
    """Whether SQLite itself is in a transaction."""
    return bool(_sqlite(connection).in_transaction)


def begins_late(connection: Connection) -> bool:
    """Whether SQLite's driver begins a transaction before INSERT, UPDATE, DELETE and REPLACE only, as it does unless
    it was told otherwise.
    """
    driver = _sqlite(connection)
    # Python 3.12's `autocommit` is LEGACY_TRANSACTION_CONTROL, -1, unless somebody has set it.
    return driver.isolation_level is not None and getattr(driver, "autocommit", -1) == -1


def _sqlite(connection: Connection) -> Any:
    """The connection of the driver itself, beneath what SQLAlchemy puts around an asynchronous one."""
    return connection.connection.driver_connection

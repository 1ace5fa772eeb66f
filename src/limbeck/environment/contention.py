"""Errors after which the same transaction may well succeed: somebody else was in the way."""

from __future__ import annotations

from enum import Enum

from sqlalchemy.exc import DBAPIError

from limbeck.environment.failure import sqlstate
from limbeck.sql.tokens import MYSQL

_MARIADB_LOCK_TIMEOUT, _MARIADB_DEADLOCK = 1205, 1213
_SQLITE_BUSY = 5


class Contention(Enum):
    """Why a statement, or a commit, was refused for the sake of another session."""

    LOCK_TIMEOUT = "a lock was not had"
    DEADLOCK = "a deadlock"
    SERIALIZATION = "a change by somebody else at the same time"


_BY_SQLSTATE = {
    "55P03": Contention.LOCK_TIMEOUT,
    "40P01": Contention.DEADLOCK,
    "40001": Contention.SERIALIZATION,
}
_BY_NUMBER = {_MARIADB_LOCK_TIMEOUT: Contention.LOCK_TIMEOUT, _MARIADB_DEADLOCK: Contention.DEADLOCK}


def contention(error: BaseException, dialect: str) -> Contention | None:
    """What the database says, in its own code; None when it is anything else.

    Args:
        dialect: SQLAlchemy's name of the database's dialect.
    """
    original = error.orig if isinstance(error, DBAPIError) else error
    if dialect == "postgresql":
        return _BY_SQLSTATE.get(sqlstate(error) or "")
    if dialect in MYSQL:
        number = original.args[0] if original is not None and original.args else None
        return _BY_NUMBER.get(number) if isinstance(number, int) else None
    if dialect == "sqlite":
        code = getattr(original, "sqlite_errorcode", None)
        return Contention.LOCK_TIMEOUT if isinstance(code, int) and code & 0xFF == _SQLITE_BUSY else None
    return None


def ends_transaction(error: BaseException, dialect: str) -> bool:
    """Whether the database has rolled back the transaction in which the error came, with no further word.

    Args:
        dialect: SQLAlchemy's name of the database's dialect.
    """
    return dialect in MYSQL and contention(error, dialect) is Contention.DEADLOCK

"""Transactions that a revision ends on the driver's own connection, which SQLAlchemy does not see: how they ended.

`op.get_bind().connection.cursor().execute("ROLLBACK")` leaves SQLAlchemy, Alembic and the version row as they were, and
takes away what the revision had done.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from limbeck.environment.driver_transaction import server_setting
from limbeck.environment.one_exchange import answer
from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_NAME = "application_name"
_NAME_TOLD = _NAME.encode()
_NAME_BYTES = 63
_DRIVERS = re.compile(rb"\.(cursor|connection|dbapi_connection|driver_connection|raw_connection)\b")
_NAMES = re.compile(rf"\b({_NAME}|reset\s+all|discard)\b", re.IGNORECASE)
_MARK = "PRAGMA temp.user_version"  # of a database that is the connection's own, and changed in transactions as others
_ROLLBACKS = "SHOW SESSION STATUS LIKE 'Com_rollback'"


class Endings(Protocol):
    """Tells, of the transactions of one step after the other, whether one was rolled back past SQLAlchemy."""

    def step(self) -> None:
        """A step begins, or begins anew."""

    def within(self, *, begun: bool) -> None:
        """A statement was executed in a transaction, and `begun` tells whether that began with it."""

    def known(self) -> None:
        """The transaction ends as SQLAlchemy or the database means it to: what follows is another one."""

    def executed(self, sql: str) -> None:
        """A statement has been executed."""

    def rolled_back(self, *, sure: bool) -> bool:
        """Whether one was rolled back.

        Args:
            sure: ask the server where only that can tell; else tell what is known without it.
        """


def endings(connection: Connection) -> Endings | None:
    """What tells it of a connection; None where nobody can."""
    dialect = connection.dialect
    if dialect.name == "sqlite" and not dialect.is_async:
        return MarkedTransactions(connection)
    if dialect.name == "postgresql" and server_setting(connection, _NAME) is not None:
        return NamedTransactions(connection)
    return CountedRollbacks(connection) if dialect.name in MYSQL and not dialect.is_async else None


def endings_for(connection: Connection, path: str) -> Endings | None:
    """The same for one revision; None, which costs nothing, where its file names nothing of a driver's."""
    try:
        with open(path, "rb") as file:
            reaches = _DRIVERS.search(file.read()) is not None
    except OSError:
        reaches = True
    return endings(connection) if reaches else None


class NamedTransactions:
    """Of PostgreSQL: the session's name is set in each transaction, and a rollback brings the one before back.

    A run has set it when a step begins; what else runs steps need not.  The server tells drivers of every change of the
    name, so that nothing has to be asked.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._now = self._told()
        self._own = self._now
        self._earlier: set[str] = set()
        self._is_known = False
        self._is_named = False

    def step(self) -> None:
        """See how the session is called now: the step's name may have been set in its transaction."""
        before = self._now
        self._is_known = False
        self._move()
        self._is_named = self._now != before
        self._own = self._now

    def within(self, *, begun: bool) -> None:
        """Set another name in this transaction, too."""
        if self._is_named and not begun:
            return
        self._is_known, self._is_named = False, True
        self._move()
        self._set(self._own if self._now != self._own else f"{self._own[: _NAME_BYTES - 1]}.")
        self._move()

    def known(self) -> None:
        """What the session is called when that has happened is its name."""
        self._is_known = True

    def executed(self, sql: str) -> None:
        """A name that the revision gives itself is none that came back."""
        lower = sql.lower()
        if (_NAME in lower or "reset" in lower or "discard" in lower) and _NAMES.search(sql):
            self._move()

    def rolled_back(self, *, sure: bool) -> bool:  # noqa: ARG002 - it is always known
        """Whether the session has a name again that it had earlier."""
        if self._is_known:
            self._is_known = False
            self._move()
        told = self._told()
        return told != self._now and told in self._earlier

    def _move(self) -> None:
        told = self._told()
        if told != self._now:
            self._earlier.add(self._now)
            self._now = told
        self._earlier.discard(told)

    def _told(self) -> str:
        own = getattr(self._connection.connection.dbapi_connection, "pgconn", None)
        if own is not None:  # psycopg's, asked at every statement
            answer(self._connection)
            told: bytes | None = own.parameter_status(_NAME_TOLD)
            return told.decode() if told else ""
        return server_setting(self._connection, _NAME) or ""

    def _set(self, name: str) -> None:
        cursor = self._connection.connection.cursor()
        quoted = name.replace("'", "''")
        cursor.execute(f"SET {_NAME} = '{quoted}'")
        cursor.close()


class MarkedTransactions:
    """Of SQLite: a number of the database that is the connection's own, and changed in transactions as others are.

    Attributes:
        is_marked: whether the transaction under way is.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._number = 0
        self.is_marked = False

    def step(self) -> None:
        """Nothing is marked."""
        self.is_marked = False

    def within(self, *, begun: bool) -> None:
        """Mark it."""
        if begun or not self.is_marked:
            self._number += 1
            self._asked(f"{_MARK} = {self._number}")
            self.is_marked = True

    def known(self) -> None:
        """Nothing is under way any more."""
        self.is_marked = False

    def executed(self, sql: str) -> None:
        """It is no matter."""

    def rolled_back(self, *, sure: bool) -> bool:  # noqa: ARG002 - it is always known
        """Whether the mark is gone."""
        return self.is_marked and self._asked(_MARK) != self._number

    def _asked(self, sql: str) -> int | None:
        cursor = self._connection.connection.cursor()
        cursor.execute(sql)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else int(row[0])


class CountedRollbacks:
    """Of MariaDB and MySQL, which count them; they are asked when rows were changed, not for DDL alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._count: int | None = None

    def step(self) -> None:
        """Nothing has begun."""
        self._count = None

    def within(self, *, begun: bool) -> None:
        """Remember how many there were."""
        if begun or self._count is None:
            self._count = self._rollbacks()

    def known(self) -> None:
        """Nothing is under way any more."""
        self._count = None

    def executed(self, sql: str) -> None:
        """It counts."""

    def rolled_back(self, *, sure: bool) -> bool:
        """Whether there was one more."""
        return sure and self._count is not None and self._rollbacks() != self._count

    def _rollbacks(self) -> int:
        cursor = self._connection.connection.cursor()
        cursor.execute(_ROLLBACKS)
        (row,) = cursor.fetchall()
        cursor.close()
        return int(row[1])

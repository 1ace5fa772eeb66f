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
NAME_BYTES = 61  # of the 63 that the server takes
_OF_A_RUN, _HERE, _OTHER = "limbeck ", " ", "."
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

    def committed(self) -> bool:
        """Whether one was committed since this was asked last, where that is known without asking."""


def endings(connection: Connection) -> Endings | None:
    """What tells it of a connection; None where nobody can."""
    dialect = connection.dialect
    if dialect.name == "sqlite" and not dialect.is_async:
        return MarkedTransactions(connection)
    if dialect.name == "postgresql" and server_setting(connection, _NAME) is not None:
        return NamedTransactions(connection)
    return CountedRollbacks(connection) if dialect.name in MYSQL else None


def endings_for(connection: Connection, path: str) -> Endings | None:
    """The same for one revision; None, which costs nothing, where its file names nothing of a driver's."""
    try:
        with open(path, "rb") as file:
            reaches = _DRIVERS.search(file.read()) is not None
    except OSError:
        reaches = True
    return endings(connection) if reaches else None


class NamedTransactions:
    """Of PostgreSQL: in each transaction the session is given a name, and another one for that transaction alone.

    A rollback brings the name before back, a commit takes that of the transaction away.  The server tells drivers of
    every change of the name, so that nothing has to be asked.  A run has set both when a step begins; what else runs
    steps need not.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._own = self._session = self._told()  # the name that a step gives, and that which a commit would leave
        self._here: str | None = None  # of the transaction under way, when it is marked
        self._earlier: set[str] = set()
        self._rolled_back = self._committed = False

    def step(self) -> None:
        """See how the session is called now: the step's name may have been set in its transaction."""
        self._rolled_back = self._committed = False
        told = self._told()
        if told == self._here:
            return
        marked = told.startswith(_OF_A_RUN) and told.endswith(_HERE)
        self._own = told.removesuffix(_HERE) if marked else told
        if self._own != self._session:
            self._earlier.add(self._session)
        self._session, self._here = self._own, told if marked else None
        self._earlier -= {told, self._own}

    def within(self, *, begun: bool) -> None:  # noqa: ARG002 - the name tells
        """Name this transaction, too."""
        told = self._told()
        if told == self._here:
            return
        self._look(told)
        self._earlier.add(told)
        self._session = self._own if told != self._own else f"{self._own[:NAME_BYTES]}{_OTHER}"
        self._here = name_within(self._session)
        self._earlier -= {self._session, self._here}
        self._set()

    def known(self) -> None:
        """What the session is called when that has happened is its name."""
        self._here, self._committed = None, False

    def executed(self, sql: str) -> None:
        """A name that the revision gives itself is none that came back."""
        lower = sql.lower()
        if not ((_NAME in lower or "reset" in lower or "discard" in lower) and _NAMES.search(sql)):
            return
        told = self._told()
        if told == self._here:
            return
        if told in self._earlier:  # as it was before the run: nothing would tell that from a rollback
            self._here = None
            return
        self._here = told
        if "local" not in lower:
            self._own = self._session = told

    def rolled_back(self, *, sure: bool) -> bool:  # noqa: ARG002 - it is always known
        """Whether the session has a name again that it had earlier."""
        self._look(self._told())
        return self._rolled_back

    def committed(self) -> bool:
        """Whether the name of a transaction was gone, and that of the session was not; it is told once."""
        self._look(self._told())
        committed, self._committed = self._committed, False
        return committed

    def _look(self, told: str) -> None:
        if self._here is None or told == self._here:
            return
        if told in self._earlier:
            self._rolled_back = True
            self._here = None
        elif told == self._session:
            self._committed = True
            self._here = None

    def _told(self) -> str:
        own = getattr(self._connection.connection.dbapi_connection, "pgconn", None)
        if own is not None:  # psycopg's, asked at every statement
            answer(self._connection)
            told: bytes | None = own.parameter_status(_NAME_TOLD)
            return told.decode() if told else ""
        return server_setting(self._connection, _NAME) or ""

    def _set(self) -> None:
        assert self._here is not None
        cursor = self._connection.connection.cursor()
        cursor.execute(f"SELECT {set_name(self._session)}, {set_name(self._here, within=True)}")
        cursor.close()


def name_within(name: str) -> str:
    """What a session of that name is called in its transactions."""
    return f"{name[:NAME_BYTES]}{_HERE}"


def set_name(name: str, *, within: bool = False) -> str:
    """The call of PostgreSQL's that gives the session, or its transaction alone, a name."""
    quoted = name.replace("'", "''")
    return f"set_config('{_NAME}', '{quoted}', {str(within).lower()})"


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

    def committed(self) -> bool:
        """It is not known."""
        return False

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

    def committed(self) -> bool:
        """It is not known."""
        return False

    def _rollbacks(self) -> int:
        cursor = self._connection.connection.cursor()
        cursor.execute(_ROLLBACKS)
        (row,) = cursor.fetchall()
        cursor.close()
        return int(row[1])

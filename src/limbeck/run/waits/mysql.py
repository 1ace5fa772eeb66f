"""A session of MariaDB or MySQL: its timeouts, who is in its way, how far it has come."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from limbeck.environment.executions import Execution, Proceed
from limbeck.run.waits.blockers import Blocker, shown_query

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.second_connection import SecondConnection
    from limbeck.model.bounds import Bounds
    from limbeck.run.waits.session import Session

_TIMEOUTS = ("lock_wait_timeout", "innodb_lock_wait_timeout")  # for tables, and for rows
_AS_IT_IS = "SELECT CONNECTION_ID(), " + ", ".join(
    f"@@{scope}.{name}" for name in _TIMEOUTS for scope in ("session", "global")
)
_SECONDS_TO_END, _PAUSE = 5.0, 0.05

_ROW_LOCKS = """
SELECT DISTINCT p.id, p.user, p.host, TIMESTAMPDIFF(SECOND, b.trx_started, NOW()), p.command,
  coalesce(p.info, b.trx_query), 1
FROM information_schema.innodb_lock_waits w
JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id
JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id
JOIN information_schema.processlist p ON p.id = b.trx_mysql_thread_id
WHERE r.trx_mysql_thread_id = :pid
"""

# Without further configuration the server does not tell who holds a lock on a table: whoever has a transaction may.
_TRANSACTIONS = """
SELECT p.id, p.user, p.host, TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), p.command, coalesce(p.info, t.trx_query), 0
FROM information_schema.processlist p JOIN information_schema.innodb_trx t ON t.trx_mysql_thread_id = p.id
WHERE p.id NOT IN (:pid, CONNECTION_ID()) AND EXISTS (
  SELECT 1 FROM information_schema.processlist w WHERE w.id = :pid AND w.state LIKE '%metadata lock')
"""

# Those who may not see the transactions of others see the sessions of their own user.
_SESSIONS = """
SELECT p.id, p.user, p.host, NULL, p.command, p.info, 0
FROM information_schema.processlist p
WHERE p.id NOT IN (:pid, CONNECTION_ID()) AND p.db = DATABASE() AND EXISTS (
  SELECT 1 FROM information_schema.processlist w WHERE w.id = :pid AND w.state LIKE '%metadata lock')
"""


class MariaSession:
    """A Session of MariaDB or MySQL, looked at through the second connection.

    Attributes:
        pid: the number of the connection on the server.
    """

    def __init__(
        self, connection: Connection, second: SecondConnection, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.connection = connection
        self.pid = 0
        self._second = second
        self._pause = pause
        self._driver: Any = connection.connection.dbapi_connection
        self._as_it_was: dict[str, int] = {}
        self._own: set[str] = set()  # of the project: set in the session, and other than the server's
        self._now: dict[str, int] = {}
        self._bounded: tuple[str, ...] = ()  # by limbeck
        self._sees_transactions = True

    def take_up(self, bounds: Bounds, earlier: Session | None) -> None:
        """Remember the project's own settings; those that differ from the server's stay, unless limbeck's was given."""
        self.pid, *values = self.connection.exec_driver_sql(_AS_IT_IS).one()
        self._now = dict(zip(_TIMEOUTS, values[::2], strict=True))
        self._as_it_was = dict(earlier._as_it_was if isinstance(earlier, MariaSession) else self._now)
        servers = dict(zip(_TIMEOUTS, values[1::2], strict=True))
        self._own = {name for name in _TIMEOUTS if self._as_it_was[name] != servers[name]}
        self._put(bounds, bounds.lock_timeout.seconds)

    def begin(self, bounds: Bounds, lock_timeout: float, name: str, *, own_transaction: bool) -> None:  # noqa: ARG002 - see below
        """Set the timeouts, where they are others than those of the step before; a session has no name here."""
        self._put(bounds, lock_timeout)

    def settle(self) -> None:
        """Every commit waits for the disk, as it always does."""

    def wait_at_most(self, lock_timeout: float) -> None:
        """Set the timeouts that limbeck has set before."""
        self._write({name: _seconds(lock_timeout) for name in self._bounded})

    def waits(self, lock_timeout: float) -> float:
        """Whole seconds, unless a setting of the project's own holds."""
        return _seconds(lock_timeout) if len(self._bounded) == len(_TIMEOUTS) else 0.0

    def _put(self, bounds: Bounds, lock_timeout: float) -> None:
        kept = self._own if not bounds.lock_timeout_given else ()
        self._bounded = tuple(name for name in _TIMEOUTS if lock_timeout and name not in kept)
        self._write({**self._as_it_was, **{name: _seconds(lock_timeout) for name in self._bounded}})

    def _write(self, values: Mapping[str, int]) -> None:
        changed = {name: value for name, value in values.items() if self._now[name] != value}
        if changed:
            cursor = self._driver.cursor()
            cursor.execute("SET " + ", ".join(f"SESSION {name} = {value:d}" for name, value in changed.items()))
            cursor.close()
            self._now.update(changed)

    def lifting(self, execution: Execution, proceed: Proceed) -> None:  # noqa: ARG002 - a layer
        """There is no statement whose waiting holds nobody up."""
        proceed()

    def give_back(self, *, commit: bool) -> None:  # noqa: ARG002 - SET is no part of a transaction
        """Set the timeouts as they were."""
        self._write(self._as_it_was)

    def blockers(self) -> tuple[Blocker, ...]:
        """Who holds the rows; for a table, who may hold it."""
        if self._sees_transactions:
            try:
                return self._found(_ROW_LOCKS) or self._found(_TRANSACTIONS)
            except DBAPIError:
                self._sees_transactions = False
        return self._found(_SESSIONS)

    def _found(self, query: str) -> tuple[Blocker, ...]:
        found = self._second.rows_from_thread(query, {"pid": self.pid})
        return tuple(
            Blocker(
                pid,
                f"{user}@{str(host).partition(':')[0]}",
                "",
                None if age is None else float(age),
                command,
                shown_query(statement, mysql=True),
                bool(certain),
            )
            for pid, user, host, age, command, statement, certain in (tuple(row) for row in found)
        )

    def progress(self) -> str:
        """Of an ALTER TABLE in MariaDB: its stage, and how much of that is done."""
        if not getattr(self.connection.dialect, "is_mariadb", False):
            return ""
        found = self._second.rows_from_thread(
            "SELECT stage, max_stage, progress FROM information_schema.processlist WHERE id = :pid", {"pid": self.pid}
        )
        stage, stages, done = tuple(found[0]) if found else (0, 0, 0)
        return f"stage {stage} of {stages}, {done:.0f} %" if stages else ""

    def cancel(self) -> None:
        """Kill what it executes."""
        self._second.rows_from_thread(f"KILL QUERY {self.pid:d}")

    def abandoned(self) -> None:
        """The drivers close their end and the server works on: kill the statement, and see the session end."""
        with suppress(DBAPIError):  # it has ended by itself
            self._second.execute(f"KILL {self.pid:d}")
        for _ in range(round(_SECONDS_TO_END / _PAUSE)):
            if not self._second.rows("SELECT 1 FROM information_schema.processlist WHERE id = :pid", {"pid": self.pid}):
                return
            self._pause(_PAUSE)


def _seconds(lock_timeout: float) -> int:
    """Whole seconds, and at least one: the server counts no others."""
    return max(1, math.ceil(lock_timeout))

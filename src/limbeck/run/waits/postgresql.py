"""A session of PostgreSQL: its timeouts, who is in its way, how far it has come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from limbeck.environment.driver_transaction import in_autocommit
from limbeck.environment.executions import Execution, Proceed
from limbeck.environment.one_exchange import sent
from limbeck.environment.past_sqlalchemy import NAME_BYTES, name_within, set_name
from limbeck.model.literals import without_literals
from limbeck.run.waits.blockers import Blocker, shown_query

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.second_connection import SecondConnection
    from limbeck.model.bounds import Bounds
    from limbeck.run.waits.session import Session

_LOCK_TIMEOUT, _NAME = "lock_timeout", "application_name"
_CONFIGURED = ("statement_timeout", "idle_in_transaction_session_timeout")
_COMMIT = "synchronous_commit"
_SETTINGS = (_LOCK_TIMEOUT, _NAME, _COMMIT, *_CONFIGURED)
_AS_IT_IS = "SELECT pg_backend_pid(), " + ", ".join(f"current_setting('{name}')" for name in _SETTINGS)

# A commit that waits for the disk, and with it for everything that was committed before; a transaction that has written
# nothing would not wait.
_SETTLE = """
SELECT set_config('synchronous_commit', :commit, true), pg_logical_emit_message(true, 'limbeck', 'settled')
"""

# They wait for a lock that no reader and no writer waits behind, and for the transactions of others to end.
_WAITS_FOR_ITSELF = re.compile(
    r"((create( unique)?|drop) index|reindex .*|alter table .*detach partition .*) ?concurrently\b",
    re.IGNORECASE,
)

_BLOCKERS = """
SELECT DISTINCT b.pid, a.usename, a.application_name, extract(epoch FROM clock_timestamp() - a.xact_start),
  coalesce(a.state, CASE WHEN a.backend_type <> 'client backend' THEN a.backend_type END), a.query
FROM unnest(pg_blocking_pids(:pid)) AS b(pid) LEFT JOIN pg_stat_activity a USING (pid)
"""

_PROGRESS = """
SELECT phase, CASE WHEN lockers_total > 0 THEN lockers_done WHEN blocks_total > 0 THEN blocks_done ELSE tuples_done END,
  CASE WHEN lockers_total > 0 THEN lockers_total WHEN blocks_total > 0 THEN blocks_total ELSE tuples_total END
FROM pg_stat_progress_create_index WHERE pid = :pid
UNION ALL
SELECT phase, heap_blks_scanned, heap_blks_total FROM pg_stat_progress_cluster WHERE pid = :pid
"""


class PostgresSession:
    """A Session of PostgreSQL, looked at through the second connection.

    Attributes:
        pid: its process on the server.
        as_it_was: how the project had set it up.
    """

    def __init__(self, connection: Connection, second: SecondConnection) -> None:
        self.connection = connection
        self.pid = 0
        self.as_it_was: dict[str, str] = {}
        self._second = second
        self._driver: Any = connection.connection.dbapi_connection
        self._set: dict[str, str] = {}  # by limbeck
        self._bounds_locks = False  # `lock_timeout` is limbeck's
        self._patience = 0.0
        self._settled = True

    def take_up(self, bounds: Bounds, earlier: Session | None) -> None:
        """Remember the project's own settings; theirs of `lock_timeout` stays, unless limbeck's was given."""
        self.pid, *values = self.connection.exec_driver_sql(_AS_IT_IS).one()
        known = earlier.as_it_was if isinstance(earlier, PostgresSession) else zip(_SETTINGS, values, strict=True)
        self.as_it_was = dict(known)
        self._put(self._timeouts(bounds, bounds.lock_timeout.seconds))

    def begin(self, bounds: Bounds, lock_timeout: float, name: str, *, own_transaction: bool) -> None:
        """Set the timeouts, the name, and how commits are made, in one statement."""
        own = name.encode("ascii", "replace").decode()[:NAME_BYTES]
        values = {**self._timeouts(bounds, lock_timeout), _NAME: own}
        if own_transaction:
            # The log is written in the order of the commits: none of them is there without those before it.
            values[_COMMIT] = "off"
            self._settled = False
        self._put(values, set_name(name_within(own), within=True))

    def settle(self) -> None:
        """Commit once in the project's own way, on the second connection, which a lost or busy one does not concern."""
        if not self._settled:
            self._second.rows(_SETTLE, {"commit": self.as_it_was[_COMMIT]})
            self._settled = True

    def wait_at_most(self, lock_timeout: float) -> None:
        """Set `lock_timeout`."""
        if self._bounds_locks:
            self._put({_LOCK_TIMEOUT: _milliseconds(lock_timeout)})

    def waits(self, lock_timeout: float) -> float:
        """As it was told, unless the project's own setting holds."""
        return lock_timeout if self._bounds_locks else 0.0

    def _timeouts(self, bounds: Bounds, lock_timeout: float) -> dict[str, str]:
        values = {}
        self._patience = max(bounds.lock_wait.seconds, bounds.lock_timeout.seconds)
        self._bounds_locks = bounds.lock_timeout_given or self.as_it_was[_LOCK_TIMEOUT] == "0"
        if self._bounds_locks:
            values[_LOCK_TIMEOUT] = _milliseconds(lock_timeout)
        elif _LOCK_TIMEOUT in self._set:
            values[_LOCK_TIMEOUT] = self.as_it_was[_LOCK_TIMEOUT]
        for name in _CONFIGURED:
            configured = getattr(bounds, name)
            if configured is not None:
                values[name] = _milliseconds(configured.seconds)
            elif name in self._set:  # for the step before alone
                values[name] = self.as_it_was[name]
        return values

    def _put(self, values: Mapping[str, str], within: str | None = None) -> None:
        """For the session, since `autocommit_block` ends the transaction; by the driver, since that takes a fifth.

        Args:
            within: set besides for the transaction alone, with which a step begins: it makes its first statement while
            the server does this.
        """
        if not values:
            return
        calls = [_set_config(name, value) for name, value in values.items()]
        query = "SELECT " + ", ".join(calls if within is None else [*calls, within])
        if within is None or not sent(self.connection, query):
            cursor = self._driver.cursor()
            cursor.execute(query)
            cursor.close()
        self._set.update(values)

    def lifting(self, execution: Execution, proceed: Proceed) -> None:
        """Around a statement with CONCURRENTLY, lift `lock_timeout` to `lock_wait`: broken off, it leaves a mess."""
        if not waits_for_itself(execution):
            proceed()
            return
        connection = execution.connection
        before = str(connection.exec_driver_sql("SHOW lock_timeout").scalar_one())
        self._put({_LOCK_TIMEOUT: _milliseconds(self._patience)})
        try:
            proceed()
        except Exception:
            with suppress(
                connection.dialect.loaded_dbapi.Error
            ):  # when the connection is lost, the error that says so is under way
                self._put({_LOCK_TIMEOUT: before})
            raise
        self._put({_LOCK_TIMEOUT: before})

    def give_back(self, *, commit: bool) -> None:
        """Set as it was what limbeck has set."""
        self._put({name: self.as_it_was[name] for name in self._set})
        if commit:
            self._driver.commit()

    def blockers(self) -> tuple[Blocker, ...]:
        """Who holds, or waits before it for, the lock that the session waits for."""
        found = self._second.rows_from_thread(_BLOCKERS, {"pid": self.pid})
        return tuple(
            Blocker(pid, user, name or "", None if age is None else float(age), state or "", shown_query(query))
            for pid, user, name, age, state, query in (tuple(row) for row in found)
        )

    def progress(self) -> str:
        """Of an index build, CLUSTER or VACUUM FULL: its phase, and how much of that is done."""
        found = self._second.rows_from_thread(_PROGRESS, {"pid": self.pid})
        if not found:
            return ""
        phase, done, total = tuple(found[0])
        return f"{phase}, {100 * done // total} %" if total else str(phase)

    def cancel(self) -> None:
        """Cancel what it executes."""
        self._second.rows_from_thread("SELECT pg_cancel_backend(:pid)", {"pid": self.pid})

    def abandoned(self) -> None:
        """The drivers cancel a statement themselves before they leave it."""


def waits_for_itself(execution: Execution) -> bool:
    """Whether the statement is one with CONCURRENTLY, in the state in which the server runs it."""
    if "concurrently" not in execution.sql.lower() or not in_autocommit(execution.connection):
        return False
    return _WAITS_FOR_ITSELF.match(without_literals(execution.sql)) is not None


def can_begin_anew(execution: Execution) -> bool:
    """Whether a statement that waits for itself can, broken off: what an index build leaves is removed before the
    next, but a partition that is half detached would have to be finalised.
    """
    return "detach" not in execution.sql.lower()


def _set_config(name: str, value: str) -> str:
    quoted = value.replace("'", "''")
    return f"set_config('{name}', '{quoted}', false)"


def _milliseconds(seconds: float) -> str:
    """A length of time as the server takes it; only none at all is 0, which lifts the bound."""
    return f"{max(1, round(seconds * 1000)) if seconds else 0}ms"

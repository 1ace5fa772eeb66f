"""The run lock on PostgreSQL: a session's advisory lock, tried and never waited for.

A session that waits in `pg_advisory_lock` holds a snapshot, and CREATE INDEX CONCURRENTLY in the run that it waits for
waits for that snapshot: a deadlock, which leaves an invalid index.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from limbeck.environment.second_connection import asked
from limbeck.model.errors import UsageError
from limbeck.run.lock.holder import Holder

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.second_connection import SecondConnection

_PROCESS = "SELECT pg_backend_pid()"
_TIMES = 50  # that another process answers is asked for, where one may
_HOLDER = """
SELECT a.application_name, coalesce(a.client_hostname, host(a.client_addr)), a.backend_start AT TIME ZONE 'UTC'
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.classid::bigint << 32 | l.objid::bigint) = :key
"""


class AdvisoryLock:
    """Held by the session of `second`; its key is made of the schema and name of the version table."""

    def __init__(self, second: SecondConnection, schema: str, table: str) -> None:
        digest = hashlib.sha256(f"limbeck run\0{schema}\0{table}".encode()).digest()
        self.key = int.from_bytes(digest[:8], "big", signed=True)
        self._second = second

    def try_acquire(self, holder: Holder) -> bool:
        """Take it, unless somebody else holds it."""
        if not self._second.value("SELECT pg_try_advisory_lock(:key)", {"key": self.key}):
            return False
        self._second.execute("SELECT set_config('application_name', :name, false)", {"name": holder.name})
        return True

    def refuse_pooler(self, beside: Connection) -> None:
        """Refuse a pooler that gives a session's server connection to others between its transactions.

        The server processes of two connections cannot be the same, and neither can change, unless such a pooler stands
        between.  With many at once it may by chance give each its own a few times; so it is asked often, where the
        driver was told of another server process than answers.  No transaction is open meanwhile, which could hold the
        pooler's last connection.

        Raises:
            UsageError: it does.
        """
        told = process_told(beside)
        seen: set[tuple[int, int]] = set()
        for _ in range(_TIMES):
            own, again = (self._second.value(_PROCESS) for _ in range(2))  # twice: a pooler may take turns
            with asked(beside, _PROCESS) as other:
                pass
            seen.add((own, other))
            if len(seen) > 1 or own != again or own == other:
                raise _pooled()
            if told == other:
                return

    def holder(self) -> Holder | None:
        """Who holds it; None when nobody does any more."""
        found = self._second.rows(_HOLDER, {"key": self.key})
        if not found:
            return None
        name, address, since = tuple(found[0])
        return Holder.of_name(name) or Holder(address, None, since)

    def release(self) -> None:
        """Let it go."""
        self._second.execute("SELECT pg_advisory_unlock(:key)", {"key": self.key})


def _pooled() -> UsageError:
    return UsageError(
        "the database is behind a pooler that shares connections between transactions, where the run lock does not "
        "hold",
        hint="give the address of the database itself with --url, or a port of the pooler in session mode",
    )


def process_told(connection: Connection) -> int | None:
    """The server process that the driver was told of when it connected; None where it keeps no such thing.

    A pooler tells of none that there is: what it says there is for its own use.
    """
    driver: Any = connection.connection.driver_connection
    if hasattr(driver, "get_server_pid"):  # asyncpg's
        return int(driver.get_server_pid())
    told = getattr(getattr(driver, "info", None), "backend_pid", None)
    return None if told is None else int(told)

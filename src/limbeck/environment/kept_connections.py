"""Connections that the project's engines keep in their pools, from one run of `env.py` to the next.

An engine that the application makes when it is imported lives as long as the process, and keeps what it has opened.
Alembic runs `env.py` once in a process, limbeck several times, on the project's database and on scratch ones: each run
must open its own.  A kept connection would take the revisions to the database of another run, whatever the address; one
of an async driver belongs to an event loop that has ended.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import Pool

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

_RUN = "limbeck.run"  # in what SQLAlchemy remembers of a driver's connection: the run that has opened it


class RunConnections:
    """While entered, pools give what was opened since; at the end what they keep of it is closed."""

    def __init__(self, *, led: bool) -> None:
        """Nothing is watched yet.

        Args:
            led: connections are led to another database than the project's: none from before is given then, whoever
            has opened it.  Else those of the application, which limbeck may run in, stay as they are.
        """
        self._led = led
        self._opened: WeakSet[ConnectionPoolEntry] = WeakSet()

    def __enter__(self) -> RunConnections:
        event.listen(Pool, "connect", self._connected)
        event.listen(Pool, "checkout", self._checked_out)
        event.listen(Pool, "checkin", self._checked_in)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        event.remove(Pool, "connect", self._connected)
        event.remove(Pool, "checkout", self._checked_out)
        event.remove(Pool, "checkin", self._checked_in)
        for entry in tuple(self._opened):
            if not entry.in_use and not _is_async(entry):
                entry.close()

    def has_opened(self, connection: Connection) -> bool:
        """Whether it was opened since."""
        return connection.info.get(_RUN) is self

    def _connected(self, _dbapi_connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_RUN] = self
        self._opened.add(entry)

    def _checked_out(self, _dbapi_connection: Any, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        run = entry.info.get(_RUN)
        if run is not self and (self._led or run is not None):
            raise DisconnectionError("it was opened by another run")  # the pool opens another in its place

    def _checked_in(self, _dbapi_connection: Any, entry: ConnectionPoolEntry) -> None:
        """Close one of an async driver at once: when the run has ended, its event loop has, too."""
        if entry.info.get(_RUN) is self and _is_async(entry):
            entry.close()


def _is_async(entry: ConnectionPoolEntry) -> bool:
    """Whether it is one that SQLAlchemy has adapted to an async driver."""
    return isinstance(entry.dbapi_connection, AdaptedConnection)

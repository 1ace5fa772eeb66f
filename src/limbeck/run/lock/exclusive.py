"""Taking the run lock: at once, or when the one that holds it has ended, within a bound."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.exc import SQLAlchemyError

from limbeck.environment.second_connection import SecondConnection, asked
from limbeck.model.duration import words
from limbeck.model.errors import TargetUnavailable
from limbeck.run.lock.holder import Holder

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine import Connection

    from limbeck.model.process import Process

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.05, 1.0, 1.5  # seconds between two tries


class RunLock(Protocol):
    """A lock that dies with the session or process that holds it."""

    def try_acquire(self, holder: Holder) -> bool:
        """Take it, unless somebody else holds it."""

    def refuse_pooler(self, beside: Connection) -> None:
        """Raise UsageError when the lock, taken, does not hold."""

    def holder(self) -> Holder | None:
        """Who holds it; None when nobody does any more."""

    def release(self) -> None:
        """Let it go."""


def run_lock(context: MigrationContext, second: SecondConnection) -> RunLock | None:
    """The lock of a database and version table; None for a kind of database for which there is none."""
    if second.dialect == "sqlite":
        from limbeck.run.lock.sqlite import FileLock

        return FileLock(second.value("SELECT file FROM pragma_database_list WHERE name = 'main'"))
    if second.dialect == "postgresql":
        from limbeck.run.lock.postgresql import AdvisoryLock

        return AdvisoryLock(second, _schema(context, "SELECT current_schema()"), context.version_table)
    if second.dialect in ("mysql", "mariadb"):
        from limbeck.run.lock.mysql import NamedLock

        return NamedLock(second, _schema(context, "SELECT database()"), context.version_table)
    return None


def _schema(context: MigrationContext, query: str) -> str:
    """The schema of the version table: the one that `env.py` names, else the connection's own."""
    if context.version_table_schema:
        return str(context.version_table_schema)
    assert context.connection is not None
    with asked(context.connection, query) as schema:
        return str(schema or "")


class Patience:
    """How a run waits for another one.

    Attributes:
        limit: seconds to wait at most; 0 gives up at once.
        told: called once with the holder and the limit, when a wait begins.
        described: adds to the holder what else is known of it, before it is told.
    """

    def __init__(
        self,
        limit: float,
        told: Callable[[Holder, float], None],
        described: Callable[[Holder], Holder] = lambda holder: holder,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limit = limit
        self.told = told
        self.described = described
        self.pause = pause
        self.clock = clock


@contextmanager
def exclusively(lock: RunLock, beside: Connection, patience: Patience, process: Process) -> Iterator[float]:
    """Hold the lock; gives the seconds that were waited for it.

    Args:
        beside: the connection that the run will use.
        process: who runs.

    Raises:
        TargetUnavailable: another run holds it, and did not end in time.
        UsageError: it would not hold.
    """
    waited = _acquire(lock, patience, lambda: Holder(process.host, process.pid, process.now()))
    try:
        lock.refuse_pooler(beside)
        yield waited
    finally:
        with suppress(SQLAlchemyError):  # the session has gone, and the lock with it
            lock.release()


def _acquire(lock: RunLock, patience: Patience, own: Callable[[], Holder]) -> float:
    begun, pause, told = patience.clock(), _FIRST_PAUSE, False
    while not lock.try_acquire(own()):
        waited = patience.clock() - begun
        holder = lock.holder()
        if holder is not None:
            if waited >= patience.limit:
                raise _held(patience.described(holder), waited if told else 0.0)
            if not told:
                patience.told(patience.described(holder), patience.limit)
                told = True
        patience.pause(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads the tries of many
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
    return patience.clock() - begun if told else 0.0


def _held(holder: Holder, waited: float) -> TargetUnavailable:
    after = f" after waiting {words(waited)}" if waited else ""
    return TargetUnavailable(
        f"another run is under way{after}: {holder.words()}",
        hint="it lets go when it ends, whatever ends it; type the same command again, or wait longer with --wait",
    )

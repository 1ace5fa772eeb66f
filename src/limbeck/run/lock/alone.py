"""A second connection that holds the run lock, for as long as a database is migrated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from limbeck.environment.second_connection import SecondConnection, lives_in_its_connection
from limbeck.model.duration import words
from limbeck.run.lock.described import described
from limbeck.run.lock.exclusive import Patience, exclusively, run_lock
from limbeck.run.lock.holder import Holder

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

    from limbeck.run.options import RunOptions


@contextmanager
def alone_with(
    context: MigrationContext, options: RunOptions, remark: Callable[[str], None]
) -> Iterator[SecondConnection | None]:
    """Keep other runs away from the context's database and version table.

    Gives a connection of limbeck's own to it; None for a database that lives in one connection only.

    Raises:
        TargetUnavailable: another run is under way, and did not end in time.
        UsageError: the lock would not hold there.
    """
    connection = context.connection
    assert connection is not None
    if lives_in_its_connection(connection):
        yield None
        return

    def waiting(holder: Holder, limit: float) -> None:
        remark(f"waiting for another run to end, {words(limit)} at most: {holder.words()}")

    second = SecondConnection(connection)
    try:
        lock = run_lock(context, second)
        if lock is None:
            remark(f"there is no run lock on {second.dialect}: see to it that nobody else migrates it now")
            yield second
            return
        patience = Patience(options.wait, waiting, lambda holder: described(holder, context, second, options.journal))
        with exclusively(lock, connection, patience, options.process):
            yield second
    finally:
        second.close()

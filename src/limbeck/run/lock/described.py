"""Who holds the run lock, with what the version table and the journal tell of where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import SQLAlchemyError

from limbeck.model.journal import StepState
from limbeck.run.journal import journal_beside
from limbeck.run.lock.holder import Holder

if TYPE_CHECKING:
    from limbeck.environment.second_connection import SecondConnection

_PATIENCE = 0.1  # seconds to wait for a table that the holder has locked


def described(holder: Holder, context: MigrationContext, second: SecondConnection, journal_name: str) -> Holder:
    """The holder with the rows of the version table and the step that it runs; on MariaDB the journal tells who it is.

    Args:
        holder: as the lock itself tells.
        second: limbeck's own connection of the one that waits.
        journal_name: of the journal's table, as the settings say it.
    """
    opts = {"version_table": context.version_table, "version_table_schema": context.version_table_schema}
    try:
        second.limit_waits(_PATIENCE)
        rows = MigrationContext.configure(second.connection, opts=opts).get_current_heads()
        holder = holder._replace(rows=tuple(sorted(rows)))
        journal = journal_beside(context, second.connection, journal_name)
        run = journal.open_run() if journal is not None else None
    except SQLAlchemyError:
        return holder  # locked by the one that runs, or not to be read: who waits is told the rest
    if run is None or (holder.since is not None and (run.pid != holder.pid or run.started < holder.since)):
        return holder  # what holds the lock has not begun to run; the last one that did was killed
    if holder.pid is None:
        holder = holder._replace(host=run.host, pid=run.pid, since=run.started)
    if run.steps and run.steps[-1].state is StepState.UNFINISHED:
        return holder._replace(step=f"{run.steps[-1].revision} ({run.steps[-1].number} of {run.planned})")
    return holder

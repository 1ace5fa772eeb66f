"""What an earlier run has left unfinished, found in the journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from limbeck.environment.failure import is_lock_timeout
from limbeck.environment.server_session import session_is_there
from limbeck.graph.applied import applied
from limbeck.model.duration import words
from limbeck.model.errors import StepUnfinished, TargetUnavailable
from limbeck.model.journal import Event, Outcome
from limbeck.run.journal.fold import moment
from limbeck.run.journal.table import is_there, journal_place
from limbeck.run.journal.writer import PATIENCE
from limbeck.run.resume.records import Told, Unfinished, unfinished

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.engine import Row

    from limbeck.environment.second_connection import SecondConnection
    from limbeck.graph import RevisionGraph
    from limbeck.model.wait import Wait
    from limbeck.run.journal.table import JournalPlace
    from limbeck.run.listener import Listener

_LONGEST = 5.0  # seconds to wait for somebody who has locked the journal
_STATEMENTS = (Event.STATEMENT_STARTED, Event.STATEMENT_DONE, Event.STATEMENT_FAILED)
_SETTLED = (Event.STAMPED, Event.REPAIRED, Event.AFRESH)  # whatever was unfinished before is not any more


class EarlierRuns:
    """The journal, asked about the last run on one database before a new one begins."""

    def __init__(self, second: SecondConnection, place: JournalPlace) -> None:
        self._second = second
        self._columns: Any = place.table.c
        self._own: ColumnElement[bool] = place.table.c.version_table == place.version_table

    @classmethod
    def of(
        cls, context: MigrationContext, second: SecondConnection, name: str, remark: Callable[[str], None]
    ) -> EarlierRuns | None:
        """The runs of the context's version table; None when there were none, or the last one has come to its end.

        Args:
            name: of the journal's table, as the settings say it.
            remark: tells the user that nothing can be read there.

        Raises:
            TargetUnavailable: somebody has locked it.
        """
        place = journal_place(context, second.connection, name)
        if place is None:
            return None
        found = cls(second, place)
        try:
            return found if is_there(second.connection, place.table) and not found._ended() else None
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            if is_lock_timeout(error):
                raise TargetUnavailable(
                    "the journal is locked, and tells whether an earlier run has left a revision in its middle",
                    hint="type the same command again when whoever has locked it has let it go",
                ) from None  # all of env.py would be tried again for the sake of a lock, and this has waited
            remark("the journal cannot be read: if an earlier run has left a revision in its middle, nobody knows it")
            return None

    def _ended(self) -> bool:
        last = self._first(self._own)
        return last is None or last.event in _SETTLED or (last.event, last.outcome) == (Event.RUN_ENDED, Outcome.DONE)

    def await_last_session(
        self, wait: Wait, own: Collection[int], now: Callable[[], datetime], listener: Listener
    ) -> None:
        """Wait until the server has done with what a run that was cut off had sent to it.

        Args:
            own: numbers of sessions of this process.

        Raises:
            TargetUnavailable: it has not in time.
        """
        began = self._first(self._own, self._columns.event == Event.RUN_STARTED)
        number = json.loads(began.detail).get("session") if began is not None else None
        if began is None or not number or number in own:
            return

        def is_there() -> bool:
            return session_is_there(self._second, number, ago)

        ago = (now() - moment(began.at)).total_seconds()
        if not is_there():
            return
        told = f"session {number} of a run by {_who(began)}, which was cut off and is still under way in the server"
        listener.remark(f"waiting for {told}, {words(wait.limit)} at most")
        if not wait.until(lambda: not is_there()):
            raise TargetUnavailable(told, hint="type the same command again when the server has done with it")

    def unfinished(self, graph: RevisionGraph, rows: tuple[str, ...]) -> Unfinished | None:
        """The step that an earlier run has left in the middle; None without one.

        Args:
            rows: of the version table.

        Raises:
            StepUnfinished: what the journal has of it cannot be read.
        """
        c = self._columns
        newest = self._first(self._own, c.event.in_(_STATEMENTS))
        if newest is None or newest.revision not in graph.revisions:
            return None
        there = newest.revision in applied(graph, rows)
        if there == (newest.direction == "upgrade"):
            return None  # its version row tells that it has ended
        same = (c.revision == newest.revision) & (c.direction == newest.direction)
        ends = c.event.in_(_SETTLED) | (c.event == Event.STEP_DONE) | ((c.event == Event.STEP_STARTED) & ~same)
        last_end = self._first(self._own, ends)
        end = last_end.id if last_end is not None else 0
        if end > newest.id:
            return None
        began = self._all(self._own, same, c.id > end, c.event == Event.STEP_STARTED)
        told = self._all(self._own, same, c.id > end, c.event.in_(_STATEMENTS))
        fingerprints = {row.fingerprint for row in began}
        run = self._first(self._own, c.run == told[0].run, c.event == Event.RUN_STARTED)
        try:
            return unfinished(
                newest.revision,
                newest.direction,
                _who(run) if run is not None else "somebody",
                fingerprints.pop() if len(fingerprints) == 1 else None,
                (Told(row.event.removeprefix("statement "), row.number, row.detail) for row in told),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise StepUnfinished.unsure(newest.revision, "somebody has changed what the journal has of it") from error

    def _first(self, *conditions: Any) -> Row[Any] | None:
        """The newest row of which this holds."""
        c = self._columns
        wanted = (c.id, c.event, c.run, c.at, c.revision, c.direction, c.outcome, c.detail, c.who, c.host)
        found = self._rows(select(*wanted).where(*conditions).order_by(c.id.desc()).limit(1))
        return found[0] if found else None

    def _all(self, *conditions: Any) -> list[Row[Any]]:
        c = self._columns
        wanted = (c.event, c.run, c.number, c.fingerprint, c.detail)
        return self._rows(select(*wanted).where(*conditions).order_by(c.id))

    def _rows(self, query: Select[Any]) -> list[Row[Any]]:
        try:
            return self._second.rows_within(PATIENCE, query)
        except DBAPIError as error:
            if not is_lock_timeout(error):
                raise
        return self._second.rows_within(_LONGEST, query)


def _who(row: Row[Any]) -> str:
    at: datetime = moment(row.at)
    return f"{row.who} on {row.host} at {at:%Y-%m-%d %H:%M:%S} UTC"

"""Reading a journal."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from limbeck.model.journal import Event, RanRevision, RecordedRun
from limbeck.model.standing import LastStep
from limbeck.run.journal.fold import Row, moment, runs_of, step_of
from limbeck.run.journal.table import is_there, journal_place

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.engine import Connection

    from limbeck.run.journal.table import JournalPlace

_LARGEST = 1 << 26  # bytes of a source; what says that it is larger is not unpacked


@contextmanager
def opened_journal(context: MigrationContext, connection: Connection, name: str) -> Iterator[Journal | None]:
    """The journal of the context's version table; None when there is none.

    A query that is refused leaves the connection's transaction as it was.

    Args:
        name: of the table, as the settings say it.

    Raises:
        DBAPIError: it may not be read.
    """
    with connection.begin_nested() if connection.dialect.name == "postgresql" else nullcontext():
        yield journal_beside(context, connection, name)


def journal_beside(context: MigrationContext, connection: Connection, name: str) -> Journal | None:
    """The journal of the context's version table, by a connection to the same database; None when there is none.

    Raises:
        DBAPIError: it may not be read.
    """
    place = journal_place(context, connection, name)
    return Journal(connection, place) if place is not None and is_there(connection, place.table) else None


class Journal:
    """The journal of one version table."""

    def __init__(self, connection: Connection, place: JournalPlace) -> None:
        self._connection = connection
        self._columns = place.table.c
        self._own = place.table.c.version_table == place.version_table

    def runs(
        self, *, last: int | None = None, revision: str | None = None, run: str | None = None
    ) -> tuple[RecordedRun, ...]:
        """Runs with their steps, oldest first.

        Args:
            last: that many, the newest; None for all.
            revision: those that ran it, or were to lead to it.
            run: those whose id begins so.
        """
        c = self._columns
        newest = select(c.run, func.max(c.id).label("newest")).where(self._own).group_by(c.run)
        if revision is not None:
            newest = newest.where(c.revision == revision)
        if run is not None:
            newest = newest.where(c.run.startswith(run, autoescape=True))
        newest = newest.order_by(func.max(c.id).desc())
        if last is not None:
            newest = newest.limit(last)
        wanted = [row.run for row in self._connection.execute(newest)]
        rows: list[Row] = []
        for start in range(0, len(wanted), 500):
            rows += self._rows(c.run.in_(wanted[start : start + 500]))
        return runs_of(sorted(rows, key=lambda row: int(row["id"])), latest=self._latest())

    def open_run(self) -> RecordedRun | None:
        """The newest run, if nothing tells of its end."""
        latest = self._latest()
        found = runs_of(self._rows(self._columns.run == latest), latest=latest) if latest is not None else ()
        return found[0] if found and found[0].outcome is None else None

    def last_steps(self) -> tuple[LastStep, ...]:
        """Of each revision the last time that it ran to its end."""
        c = self._columns
        ends = select(func.max(c.id)).where(self._own, c.event == Event.STEP_DONE.value).group_by(c.revision)
        query = select(c.id, c.revision, c.direction, c.fingerprint, c.at).where(c.id.in_(ends))
        stamped = self._connection.execute(
            select(func.max(c.id)).where(self._own, c.event == Event.STAMPED.value)
        ).scalar()
        return tuple(
            LastStep(
                row.revision,
                row.direction,
                row.fingerprint or "",
                f"{moment(row.at):%Y-%m-%d %H:%M:%S}",
                stamped is not None and row.id < stamped,
            )
            for row in self._connection.execute(query.order_by(c.id))
        )

    def lineage(self, rows: Sequence[str], known: Collection[str]) -> dict[str, RanRevision]:
        """The revisions of these rows and those below them, down to what is known, as they were run.

        Args:
            rows: revisions that no file has.
            known: revisions that files have; the way down ends above them.
        """
        found: dict[str, RanRevision] = {}
        wanted = list(dict.fromkeys(rows))
        while wanted:
            revision = wanted.pop(0)
            ran = self.ran(revision)
            if ran is not None:
                found[revision] = ran
                further = [parent for parent in ran.step.parents if parent not in known and parent not in found]
                wanted += [parent for parent in further if parent not in wanted]
        return found

    def revisions(self, beginning: str) -> tuple[str, ...]:
        """The revisions that have run and whose identifiers begin so; one that is just that goes before the others."""
        c = self._columns
        query = select(c.revision).where(self._own, c.event == Event.STEP_STARTED.value).distinct()
        if self._connection.execute(query.where(c.revision == beginning)).first() is not None:
            return (beginning,)
        matching = query.where(c.revision.startswith(beginning, autoescape=True)).order_by(c.revision)
        return tuple(self._connection.execute(matching).scalars())

    def ran(self, revision: str) -> RanRevision | None:
        """The last upgrade of a revision that ran to its end; None when there is none."""
        c = self._columns
        ended = self._first(
            self._own, c.revision == revision, c.event == Event.STEP_DONE.value, c.direction == "upgrade"
        )
        if ended is None:
            return None
        started = self._first(
            self._own, c.run == ended["run"], c.number == ended["number"], c.event == Event.STEP_STARTED.value
        )
        return self._ran(started, ended) if started is not None else None

    def began(self, revision: str) -> RanRevision | None:
        """The last time that a revision began to run, whichever way, and whatever became of it."""
        started = self._first(
            self._own, self._columns.revision == revision, self._columns.event == Event.STEP_STARTED.value
        )
        return self._ran(started, None) if started is not None else None

    def _ran(self, started: Row, ended: Row | None) -> RanRevision:
        c = self._columns
        begun = self._first(self._own, c.run == started["run"], c.event == Event.RUN_STARTED.value) or {}
        packed = self._connection.execute(select(c.source).where(c.id == started["id"])).scalar()
        source = _unpacked(packed) if packed is not None else None
        return RanRevision(
            step_of(started, ended, [], has_ended=True),
            begun.get("who") or "",
            begun.get("host") or "",
            source,
            source is not None and hashlib.sha256(source).hexdigest() == started["fingerprint"],
        )

    def _latest(self) -> str | None:
        c = self._columns
        begins = c.event.in_((Event.RUN_STARTED.value, Event.STAMPED.value))
        query = select(c.run).where(self._own, begins).order_by(c.id.desc()).limit(1)
        found: str | None = self._connection.execute(query).scalar()
        return found

    def _query(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        """All columns but the source, of which only whether it is there."""
        columns = [column for column in self._columns if column.name != "source"]
        return select(*columns, self._columns.source.is_not(None).label("stored")).where(*conditions)

    def _rows(self, *conditions: ColumnElement[bool]) -> list[Row]:
        query = self._query(self._own, *conditions).order_by(self._columns.id)
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def _first(self, *conditions: ColumnElement[bool]) -> Row | None:
        """The newest row that meets the conditions."""
        query = self._query(*conditions).order_by(self._columns.id.desc()).limit(1)
        row = self._connection.execute(query).mappings().first()
        return dict(row) if row is not None else None


def _unpacked(packed: bytes) -> bytes | None:
    """The source of a row; None when somebody has damaged it."""
    unpacking = zlib.decompressobj()
    try:
        source = unpacking.decompress(packed, _LARGEST)
    except zlib.error:
        return None
    return source if unpacking.eof else None

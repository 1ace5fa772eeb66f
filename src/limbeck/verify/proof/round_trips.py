"""Revisions of a walk proved on the way: after each upgrade, the way back and the second upgrade are tried, and what
they did is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from limbeck.database.catalogue import digest
from limbeck.database.rows import TableRows
from limbeck.environment.executions import executions_through
from limbeck.model.plan import Direction
from limbeck.verify.proof.affected import affected, is_noted
from limbeck.verify.proof.known_rows import KnownRows
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.plain import is_plain
from limbeck.verify.proof.recordings import NoRecordings
from limbeck.verify.proof.seeding import ORDINARY, Seeding
from limbeck.verify.proof.there import CommittedByItself, There, enums
from limbeck.verify.proof.trip import DUPLICATE, Back, Declared, On, Trip, may_be_of_rows

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue, Identity
    from limbeck.environment.reached import Reached
    from limbeck.graph.declarations import Irreversible
    from limbeck.verify.proof.recordings import Recordings
    from limbeck.verify.proof.trip import Issued, Stopped
    from limbeck.verify.proof.walk import Walk

# In the one transaction of a trial, but not in those of a deploy: a table with deferred triggers, a new label that is
# used, what runs in no transaction.
_OF_ONE_TRANSACTION = ("55006", "55P04", "25001")


class RoundTrips:
    """An Attendant that proves revisions.

    Attributes:
        committing: revisions that were found to commit by themselves, and were not proved.
    """

    def __init__(
        self,
        proved: frozenset[str],
        paths: Mapping[str, str],
        seeding: Seeding,
        told: Callable[[Trip], None],
        recordings: Recordings,
        irreversible: Callable[[str], Sequence[Irreversible]],
        *,
        bare: frozenset[str],
        watched: bool,
    ) -> None:
        """Nothing is seen yet.

        Args:
            proved: the revisions that are to be proved; the others are only run.
            paths: the file of each.
            seeding: the rows that there are.
            told: called with what was seen of each.
            recordings: takes up what each issues.
            irreversible: what is declared of a revision that cannot be undone.
            watched: whether the database notes what is touched.
            bare: revisions that want tables without made-up rows.
        """
        self._bare = bare
        self._known = KnownRows()
        self._watched = watched
        self._told = told
        self._proved = proved
        self._paths = paths
        self._seeding = seeding
        self._recordings = recordings
        self._irreversible = irreversible
        self.committing: set[str] = set()

    @property
    def on_nothing(self) -> bool:
        """Whether the database holds no table."""
        return not self._now.tables

    def begin(self, walk: Walk, reached: Reached) -> None:
        """Look at what is there."""
        self._walk, self._reached, self._there = walk, reached, There(reached, watched=self._watched)
        with self._there.lasting():
            plain = is_plain(self._there, reached)
            self._now = self._there.catalogue()
            if not self._now.tables:
                self._recordings.begins_at = digest(self._now) if plain else ""
            self._seeding.give(self._there.query, self._now)

    def before(self, leg: Leg) -> None:
        """Read the rows."""
        self._stopped: Stopped | None = None
        self._alone: Stopped | None = None
        self._walk.types_there = frozenset()
        self._any_rows = False
        self._rows: Mapping[Identity, TableRows] = {}
        if leg.revision in self._bare:
            with self._there.lasting():
                self._no_rows()
        elif leg.revision in self._proved:
            with self._there.lasting():
                self._read_rows()

    def function(self, leg: Leg, function: Callable[[], None]) -> None:
        """Call it; where rows stop it, with ordinary ones, and then with none but the chain's own."""
        there = self._there
        there.execute("SAVEPOINT limbeck_upgrade")
        if self._is_played(leg):
            return
        for again in (self._ordinary_rows, self._no_rows, None):
            try:
                self._try(function)
            except Exception as error:
                stopped = self._walk.stopped(error)
                if again is None or not may_be_of_rows(stopped) or not _undone(there):
                    raise
                self._stopped, self._any_rows = self._stopped or stopped, again == self._no_rows
                again()
            else:
                self._issued = tuple(self._walk.issued)
                self._recordings.note(self._walk, leg, self._paths[leg.revision])
                return

    def _try(self, function: Callable[[], None]) -> None:
        """Call it; where it makes a type that is there, once more as in one run with the revision that has made it."""
        walk = self._walk
        walk.begin()
        try:
            function()
        except Exception as error:
            stopped = walk.stopped(error)
            if walk.types_there or stopped.sqlstate != DUPLICATE or not _undone(self._there):
                raise
            walk.types_there = enums(self._now)
            walk.begin()
            function()
            self._alone = stopped

    def _is_played(self, leg: Leg) -> bool:
        """Play what a leg is known to issue; whether that is known, and nothing stopped it."""
        known = self._recordings.of(leg)
        if known is None:
            return False
        self._walk.begin()
        try:
            self._there.play(known)
        except Exception:
            if not _undone(self._there):
                raise
            return False
        self._issued = known
        return True

    def _read_rows(self) -> None:
        self._rows = self._known.of(self._there.rows, self._now)

    def _ordinary_rows(self) -> None:
        self._no_rows()
        self._seeding.give(self._there.query, self._now, ORDINARY)
        self._known.forget_all()
        self._read_rows()

    def _no_rows(self) -> None:
        self._seeding.take_away(self._there.query, self._now)
        self._known.forget_all()
        self._read_rows()

    def after(self, leg: Leg) -> None:
        """Look at what has become of it, and try the way back."""
        left_out = self._walk.extensions.reason
        there, before = self._there, self._now
        with there.lasting():
            after = self._now = there.catalogue(whole=not is_noted(self._issued))
            self._touched = affected(self._issued, before, after)
            self._known.forget(self._touched)
            self._known.forget(self._seeding.give(there.query, after).tables)
            declared = there.declared(self._irreversible(leg.revision)) if leg.revision in self._proved else ()
        if leg.revision not in self._proved:
            return
        try:
            ways = self._ways(leg.revision, before, declared)
        except CommittedByItself:
            self.committing.add(leg.revision)
            raise
        if ways and _of_one_transaction(ways[-1]):
            self.committing.add(leg.revision)
            return
        self._told(
            Trip(
                leg.revision,
                before,
                after,
                self._rows,
                self._issued,
                self._stopped,
                self._any_rows,
                ways,
                declared,
                left_out,
                self._alone,
            )
        )

    def _ways(self, revision: str, before: Catalogue, declared: tuple[Declared, ...]) -> tuple[Back, ...]:
        ways: list[Back] = []
        refused = any(each.rows for each in declared)
        for on in On:
            if on is (On.OLD if refused else On.ALLOWED):
                continue
            if ways and _is_enough(ways[-1], refused=refused):
                break
            played = [self._recordings.of(Leg(direction, revision)) is not None for direction in Direction]
            way = self._way(on, revision, before, declared, self._recordings)
            if any(played) and (way.again is None or way.again.objects != self._now.objects):
                way = self._way(on, revision, before, declared, NoRecordings())
            ways.append(way)
        return tuple(ways)

    def _way(
        self, on: On, revision: str, before: Catalogue, declared: tuple[Declared, ...], recordings: Recordings
    ) -> Back:
        there, walk = self._there, self._walk
        back = Back(on, None)
        with there.trial():
            try:
                match on:
                    case On.OLD:
                        there.empty([table for table in self._now.tables if table not in before.objects])
                    case On.ALLOWED:
                        there.remove(declared)
                    case On.NONE:
                        there.empty(self._now.tables)
                down, up = Leg(Direction.DOWNGRADE, revision), Leg(Direction.UPGRADE, revision)
                walk.types_there = frozenset()
                issued = self._played_or_called(down, recordings)
                there.execute("SET CONSTRAINTS ALL IMMEDIATE")
                catalogue = there.catalogue(whole=not is_noted(issued))
                touched = self._touched | affected(issued, before, catalogue)
                rows = there.rows([each for each in before.tables if each in touched and each in catalogue.objects])
            except CommittedByItself:
                raise
            except (Exception, SystemExit) as error:
                return Back(on, walk.stopped(error), issued=tuple(walk.issued))
            back = Back(on, None, catalogue, rows, issued)
            try:
                walk.types_there = frozenset() if self._alone is None else enums(catalogue)
                again = self._played_or_called(up, recordings)
                back = back._replace(again=there.catalogue(whole=not is_noted(again)))
            except CommittedByItself:
                raise
            except (Exception, SystemExit) as error:
                back = back._replace(again_stopped=walk.stopped(error))
        return back

    def _played_or_called(self, leg: Leg, recordings: Recordings) -> tuple[Issued, ...]:
        known = recordings.of(leg)
        if known is not None:
            self._there.play(known)
            return known
        issued = self._call(leg)
        recordings.note(self._walk, leg, self._paths[leg.revision])
        return issued

    def _call(self, leg: Leg) -> tuple[Issued, ...]:
        walk = self._walk
        walk.begin()
        step = walk.step(leg)
        with executions_through(self._there.connection, walk.layers):
            step.migration_fn(**self._reached.arguments)
        return tuple(walk.issued)


def _is_enough(way: Back, *, refused: bool) -> bool:
    """Whether no other rows need be tried."""
    if way.stopped is not None:
        return not may_be_of_rows(way.stopped)
    return way.on is not On.ALL or not refused


def _of_one_transaction(way: Back) -> bool:
    stopped = way.stopped or way.again_stopped
    return stopped is not None and stopped.sqlstate in _OF_ONE_TRANSACTION


def _undone(there: There) -> bool:
    """Whether what the revision did could be taken back; not when it has committed meanwhile."""
    try:
        there.execute("ROLLBACK TO SAVEPOINT limbeck_upgrade")
    except Exception:
        return False
    return True

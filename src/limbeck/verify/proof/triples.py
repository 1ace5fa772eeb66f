"""Legs up, down and up again for each revision of a line that is proved, and up for the others, all for good."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from limbeck.database.rows import STYLES, Style, TableRows
from limbeck.sql.words import names_in
from limbeck.verify.proof.seeding import ORDINARY, ROWS
from limbeck.verify.proof.seeding_for_good import SeedingForGood
from limbeck.verify.proof.there_for_good import ThereForGood
from limbeck.verify.proof.trip import (
    OF_ANYTHING,
    UNDEFINED_TABLE,
    Back,
    Declared,
    Failed,
    On,
    Stopped,
    Trip,
    may_be_of_rows,
)

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue, Identity
    from limbeck.environment.reached import Reached
    from limbeck.graph.declarations import Irreversible
    from limbeck.verify.proof.leg import Leg
    from limbeck.verify.proof.trip import Issued
    from limbeck.verify.proof.walk import Walk

_OF_TRIP = 3  # legs
_TARGET = re.compile(
    r"\s*(?:alter\s+table|insert\s+into|update|delete\s+from|drop\s+table)\s+[\"`\[]?(\w+)", re.IGNORECASE
)
_MAKES = re.compile(r"\s*(create\s+table|alter\s+table\b.*\brename)\b", re.IGNORECASE | re.DOTALL)


class Attempt(NamedTuple):
    """Where a walk on a new database begins to prove, and how its first revision is tried.

    Attributes:
        place: of that revision in the line.
        start: behind how many revisions the tables get rows.
        styles: what those are like that it finds.
        on: the rows on which its way back is gone.
        stopped: what stopped its upgrade on other rows.
        any_rows: whether ordinary ones were enough for that.
        ways: the ways back that were gone before.
    """

    place: int
    start: int
    styles: Sequence[Style] = STYLES
    on: On = On.ALL
    stopped: Stopped | None = None
    any_rows: bool = False
    ways: tuple[Back, ...] = ()


class Anew(Exception):
    """What comes next wants a new database."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt


class Triples:
    """An Attendant; see the module."""

    def __init__(
        self,
        line: Sequence[str],
        attempt: Attempt,
        wanted: Collection[str],
        bare: set[str],
        irreversible: Callable[[str], Sequence[Irreversible]],
        told: Callable[[Trip | Failed], None],
        *,
        rows: bool,
    ) -> None:
        """Nothing is seen yet.

        Args:
            wanted: the revisions of the line that are proved, from the attempt's on.
            bare: revisions that want tables without made-up rows, or with ordinary ones; what is found is added.
            rows: give rows to the tables.
        """
        self._line = line
        self._first = attempt
        self._wanted = wanted
        self._bare = bare
        self._irreversible = irreversible
        self._told = told
        self._seeding = SeedingForGood(ROWS if rows else 0)
        self._place = 0
        self._forget()

    def _forget(self) -> None:
        """Another revision comes."""
        self._catalogues: list[Catalogue] = []
        self._issued: list[tuple[Issued, ...]] = []
        self._rows: list[Mapping[Identity, TableRows]] = []
        self._declared: tuple[Declared, ...] = ()

    @property
    def _attempt(self) -> Attempt:
        """How the revision under way is tried."""
        if self._place == self._first.place:
            return self._first
        return Attempt(self._place, self._first.start)

    def begin(self, walk: Walk, reached: Reached) -> None:
        """Look at what is there."""
        self._walk, self._there = walk, ThereForGood(reached)
        with self._there.lasting():
            self._now = self._there.catalogue()
            self._give(self._place)

    def _give(self, place: int) -> None:
        """Give rows, where there are to be some behind so many revisions."""
        if place >= self._first.start:
            first = place == self._first.place == self._first.start
            self._seeding.give(self._there.connection, self._now, self._first.styles if first else STYLES)

    def before(self, leg: Leg) -> None:
        """Read the rows, before the first leg of a revision that is proved."""
        if leg.revision in self._wanted and not self._catalogues:
            with self._there.lasting():
                self._catalogues = [self._now]
                self._rows = [self._there.rows(self._now.tables)]

    def function(self, _leg: Leg, function: Callable[[], None]) -> None:
        """Call it, as the first of a command."""
        self._walk.begin()
        function()

    def after(self, leg: Leg) -> None:
        """Look at what has become of it.

        Raises:
            Anew: it cannot go on here.
        """
        with self._there.lasting():
            self._now = self._there.catalogue()
        self._seeding.forget(self._now)
        if leg.revision not in self._wanted:
            self._next()
            return
        self._catalogues.append(self._now)
        self._issued.append(tuple(self._walk.issued))
        if len(self._issued) == 1:
            self._after_upgrade(leg.revision)
        else:
            with self._there.lasting():
                self._rows.append(self._read())
        if len(self._issued) == _OF_TRIP:
            self._after_trip()

    def _next(self) -> None:
        self._place += 1
        self._forget()
        with self._there.lasting():
            self._give(self._place)

    def _read(self) -> Mapping[Identity, TableRows]:
        """The rows of what was there before the upgrade, and is there."""
        return self._there.rows([each for each in self._catalogues[0].tables if each in self._now.objects])

    def _after_upgrade(self, revision: str) -> None:
        there, before = self._there, self._catalogues[0]
        with there.lasting():
            self._give(self._place + 1)
            self._rows.append(self._read())
            self._declared = there.declared(self._irreversible(revision))
        match self._attempt.on:
            case On.OLD:
                there.empty([table for table in self._now.tables if table not in before.objects])
            case On.ALLOWED:
                there.remove(self._declared)
            case On.NONE:
                there.empty(self._now.tables)

    def _after_trip(self) -> None:
        attempt = self._attempt
        another = self._way(None)
        if another is not None:
            raise Anew(another)
        before, after, back, again = self._catalogues
        _, first, _, second = self._rows
        same = before.objects == back.objects and after.objects == again.objects and first == second
        if attempt.on is not On.ALL or not same:
            raise Anew(self._behind(self._place))
        self._next()

    def stopped(self, stopped: Stopped) -> Attempt | None:
        """What comes next when a leg was stopped; None where nothing can come any more."""
        revision, attempt = self._line[self._place], self._attempt
        if self._issued:
            return self._way(stopped) or self._behind(self._place)
        has_rows = self._place >= attempt.start
        if not (has_rows and _is_of_rows(stopped, self._walk.issued)):
            on_nothing = not self._now.tables
            if on_nothing and _wants_another_table(stopped, self._walk.issued):
                stopped = stopped._replace(sqlstate=UNDEFINED_TABLE)
            self._told(Failed(revision, stopped, on_nothing=on_nothing))
            return None
        self._bare.add(revision)
        if revision not in self._wanted:
            return self._first._replace(start=self._place + 1)
        why, place = attempt.stopped or stopped, self._place
        if attempt.styles is ORDINARY:
            return Attempt(place, place + 1, stopped=why, any_rows=True)
        return Attempt(place, place, ORDINARY, stopped=why)

    def _behind(self, place: int) -> Attempt:
        """What comes behind a revision, on a new database."""
        bare = [number for number, each in enumerate(self._line[: place + 1]) if each in self._bare]
        return Attempt(place + 1, bare[-1] + 1 if bare else 0)

    def _way(self, stopped: Stopped | None) -> Attempt | None:
        """Take up a way back; tell the trip, or where another way is to be gone, on other rows, give that."""
        attempt = self._attempt
        way = self._back(attempt.on, stopped)
        ways = (*attempt.ways, way)
        refused = any(each.rows for each in self._declared)
        on = None if _is_enough(way, refused=refused) else _next(attempt.on, refused=refused)
        if on is not None:
            return attempt._replace(on=on, ways=ways)
        before, after = self._catalogues[:2]
        self._told(
            Trip(
                self._line[self._place],
                before,
                after,
                self._rows[0],
                self._issued[0],
                attempt.stopped,
                attempt.any_rows,
                ways,
                self._declared,
                rows_after=self._rows[1],
            )
        )
        return None

    def _back(self, on: On, stopped: Stopped | None) -> Back:
        if len(self._issued) == 1:
            return Back(on, stopped, issued=tuple(self._walk.issued))
        back, *again = self._catalogues[2:]
        return Back(on, None, back, self._rows[2], self._issued[1], again[0] if again else None, stopped)


def _wants_another_table(stopped: Stopped, issued: Sequence[Issued]) -> bool:
    """Whether SQLite, which has no code for that, was asked for a table that is not among those just made."""
    target = _TARGET.match(stopped.statement or "") if stopped.sqlstate == OF_ANYTHING else None
    return target is not None and not any(target[1] in names_in(each.sql) for each in issued if _MAKES.match(each.sql))


def _is_of_rows(stopped: Stopped, issued: Sequence[Issued]) -> bool:
    """Whether rows may be what stopped a function; not where it has asked nothing."""
    return bool(issued) and may_be_of_rows(stopped)


def _is_enough(way: Back, *, refused: bool) -> bool:
    """Whether no other rows need be tried."""
    if way.stopped is not None:
        return not _is_of_rows(way.stopped, way.issued)
    return way.on is not On.ALL or not refused


def _next(on: On, *, refused: bool) -> On | None:
    """The rows that are tried after those."""
    order = (On.ALL, On.ALLOWED if refused else On.OLD, On.NONE)
    place = order.index(on) + 1
    return order[place] if place < len(order) else None

"""The proof on databases whose changes of the schema cannot be rolled back, SQLite and MariaDB: for good, one after the
other, and anew behind a way back that is none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from limbeck.model.plan import Direction
from limbeck.verify.proof.course import Course
from limbeck.verify.proof.straight import Straight
from limbeck.verify.proof.there import There
from limbeck.verify.proof.trip import Back, Declared, Failed, On, Trip
from limbeck.verify.proof.walk import Leg

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue
    from limbeck.environment.reached import Reached
    from limbeck.graph.declarations import Irreversible
    from limbeck.verify.proof.course import Told
    from limbeck.verify.proof.trip import Issued, Stopped
    from limbeck.verify.proof.walk import Walk


class NotAsItWas(Exception):
    """A round trip has left another schema: what comes behind it is proved on a new database."""


class Triples:
    """An Attendant of legs up, down and up for each revision that is proved, and up for the others."""

    def __init__(
        self,
        wanted: Collection[str],
        irreversible: Callable[[str], Sequence[Irreversible]],
        told: Callable[[Trip], None],
    ) -> None:
        """Nothing is seen yet."""
        self._wanted = wanted
        self._irreversible = irreversible
        self._told = told
        self._catalogues: list[Catalogue] = []
        self._issued: list[tuple[Issued, ...]] = []

    def begin(self, walk: Walk, reached: Reached) -> None:
        """Look at what is there."""
        self._walk, self._there = walk, There(reached)
        self._catalogues = [self._look()]

    def _look(self) -> Catalogue:
        with self._there.lasting():
            return self._there.catalogue()

    def before(self, _leg: Leg) -> None:
        """Nothing is to be done."""

    def function(self, _leg: Leg, function: Callable[[], None]) -> None:
        """Call it, as the first of a command."""
        self._walk.begin()
        function()

    def after(self, leg: Leg) -> None:
        """Look at what has become of it."""
        self._catalogues.append(self._look())
        self._issued.append(tuple(self._walk.issued))
        if leg.revision not in self._wanted:
            self._catalogues, self._issued = self._catalogues[-1:], []
        elif len(self._issued) == 3:
            trip = self.trip(leg.revision, None)
            self._told(trip)
            before, after, back, again = self._catalogues
            if before.objects != back.objects or after.objects != again.objects:
                raise NotAsItWas
            self._catalogues, self._issued = self._catalogues[-1:], []

    def trip(self, revision: str, stopped: Stopped | None) -> Trip:
        """What was seen of the revision under way.

        Args:
            stopped: what stopped its downgrade, or its second upgrade; None when nothing did.
        """
        before, after, *further = self._catalogues
        first, *others = self._issued
        if further:
            again = further[1] if len(further) == 2 else None
            back = Back(On.NONE, None, further[0], {}, others[0], again, stopped)
        else:
            back = Back(On.NONE, stopped, issued=tuple(self._walk.issued))
        declared = tuple(Declared(each, 1) for each in self._irreversible(revision))
        return Trip(revision, before, after, issued=first, ways=(back,), declared=declared)


class SequentialCourse(Course):
    """Proves on such a database; there are no rows but those that the chain writes."""

    renders = False

    def prove(self, wanted: Collection[str], told: Told) -> None:
        """Prove revisions; of those behind one that fails nothing is told."""
        open_ = set(wanted)

        def done(seen: Trip | Failed) -> None:
            open_.discard(seen.revision)
            told(seen)

        for line in self.lines():
            place: int | None = 0
            while place is not None and open_.intersection(line[place:]):
                place = self._from(line, place, open_, done)

    def _from(self, line: Sequence[str], place: int, open_: set[str], told: Told) -> int | None:
        """Go on from a place on a new database; the place to go on from, None where nothing can come any more."""
        last = max(number for number, each in enumerate(line) if each in open_)
        wanted = frozenset(open_.intersection(line[place:]))
        with self.database(None) as name:
            if place:
                legs = [Leg(Direction.UPGRADE, each) for each in line[:place]]
                self.walk(name, Straight(legs[-1], self.recordings), legs)
            legs = [leg for each in line[place : last + 1] for leg in _legs(each, proved=each in wanted)]
            attendant = Triples(wanted, self.irreversible, told)
            try:
                walked = self.walk(name, attendant, legs)
            except NotAsItWas:
                return 1 + max(number for number, each in enumerate(line) if each in wanted and each not in open_)
        if walked.stopped is None:
            return None
        leg = legs[walked.done]
        if leg.direction is Direction.UPGRADE and legs[walked.done - 1].revision != leg.revision:
            told(Failed(leg.revision, walked.stopped))
            return None
        told(attendant.trip(leg.revision, walked.stopped))
        return line.index(leg.revision) + 1


def _legs(revision: str, *, proved: bool) -> tuple[Leg, ...]:
    up, down = Leg(Direction.UPGRADE, revision), Leg(Direction.DOWNGRADE, revision)
    return (up, down, up) if proved else (up,)

"""A part of a line, run by the project's `env.py` and proved on the way; what commits by itself is proved on copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from limbeck.lint.rehearse.databases import Template
from limbeck.model.plan import Direction
from limbeck.verify.proof.committed import CommittedTrip, legs
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.round_trips import RoundTrips
from limbeck.verify.proof.there import CommittedByItself
from limbeck.verify.proof.trip import DUPLICATE, Failed, Stopped, Trip, may_be_of_rows
from limbeck.verify.proof.watching import is_watched

if TYPE_CHECKING:
    from limbeck.verify.proof.course import Course, Told
    from limbeck.verify.proof.seeding import Seeding


class Stretch:
    """A part of a line, run on one database.

    Attributes:
        seeding: the rows that there are.
    """

    def __init__(
        self, course: Course, name: str, line: Sequence[str], wanted: frozenset[str], committing: set[str], told: Told
    ) -> None:
        self.seeding = course.new_seeding()
        self._course = course
        self._name = name
        self._line = line
        self._wanted = wanted
        self._committing = committing
        self._told = told
        self._bare: set[str] = set()
        self._watched = is_watched(course.address(name))

    def run(self, begin: int, end: int, paths: Mapping[str, str]) -> bool:
        """Prove what is wanted on the way from one place to another; whether the way came to its end."""
        place = begin
        while place < end:
            if self._alone(place) and not self._on_copies(self._line[place]):
                return False
            stop = next((each for each in range(place + 1, end) if self._alone(each)), end)
            trips = RoundTrips(
                self._wanted - self._committing,
                paths,
                self.seeding,
                self._told,
                self._course.recordings,
                self._course.irreversible,
                bare=frozenset(self._bare),
                watched=self._watched,
            )
            legs_ = [Leg(Direction.UPGRADE, each) for each in self._line[place:stop]]
            try:
                walked = self._course.walk(self._name, trips, legs_)
            except CommittedByItself:
                return False
            finally:
                self._committing |= trips.committing
            place += walked.done
            if walked.stopped is not None:
                self._told(Failed(self._line[place], walked.stopped, on_nothing=trips.on_nothing))
                return False
        return True

    def _alone(self, place: int) -> bool:
        return self._line[place] in self._committing and self._line[place] in self._wanted

    def _on_copies(self, revision: str) -> bool:
        seen = on_copies(self._course, self._name, revision, self.seeding)
        self._told(seen)
        if isinstance(seen, Trip) and seen.rows_in_the_way is not None:
            self._bare.add(revision)
        return isinstance(seen, Trip)


def on_copies(course: Course, name: str, revision: str, seeding: Seeding) -> Trip | Failed:
    """Prove one revision on copies of the database; where it makes a type that is there, as in one run too."""
    seen = _on_copies(course, name, revision, seeding, joined=False)
    if isinstance(seen, Failed) and seen.stopped.sqlstate == DUPLICATE:
        again = _on_copies(course, name, revision, seeding, joined=True)
        if isinstance(again, Trip):
            return again._replace(alone=seen.stopped)
    return seen


def _on_copies(course: Course, name: str, revision: str, seeding: Seeding, *, joined: bool) -> Trip | Failed:
    """Prove it with rows, and where they stop it, without."""
    first: Trip | Stopped | None = None
    for rows in (True, False):
        with course.database(Template(name, "", {}, ())) as copy:
            attendant = CommittedTrip(course.irreversible(revision), seeding, rows=rows, joined=joined)
            seen = attendant.trip(course.walk(copy, attendant, legs(revision)))
        if isinstance(seen, Trip):
            if isinstance(first, Stopped):
                seen = seen._replace(rows_in_the_way=first, any_rows=True)
            elif first is not None:
                seen = first._replace(ways=first.ways + seen.ways)
            stopped = seen.ways[-1].stopped
            if stopped is None or not may_be_of_rows(stopped):
                return seen
        elif not may_be_of_rows(seen):
            return Failed(revision, seen)
        first = first or seen
    return Failed(revision, seen) if isinstance(seen, Stopped) else seen

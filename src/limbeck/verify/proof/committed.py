"""A revision that commits by itself, proved on a copy of the database: up, down, and up again, for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from limbeck.database.rows import TableRows
from limbeck.model.plan import Direction
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.seeding import Seeding
from limbeck.verify.proof.there import There, enums
from limbeck.verify.proof.trip import Back, On, Trip

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue, Identity
    from limbeck.environment.reached import Reached
    from limbeck.graph.declarations import Irreversible
    from limbeck.verify.proof.trip import Issued, Stopped
    from limbeck.verify.proof.walk import Walk, Walked


def legs(revision: str) -> tuple[Leg, ...]:
    """What is to be walked with a CommittedTrip."""
    up, down = Leg(Direction.UPGRADE, revision), Leg(Direction.DOWNGRADE, revision)
    return up, down, up


class CommittedTrip:
    """An Attendant that looks at one revision's round trip; see `legs`."""

    def __init__(self, irreversible: Sequence[Irreversible], seeding: Seeding, *, rows: bool, joined: bool) -> None:
        """Nothing is seen yet.

        Args:
            irreversible: what is declared of the revision that cannot be undone.
            seeding: the rows that there are; it is left as it is.
            rows: whether the made-up ones stay.
            joined: whether the upgrade takes the types that are there for made in the same command.
        """
        self._joined = joined
        self._irreversible = irreversible
        self._seeding = seeding.copy()
        self._with_rows = rows
        self._on = On.ALL if rows else On.NONE
        self._catalogues: list[Catalogue] = []
        self._issued: list[tuple[Issued, ...]] = []
        self._rows: list[Mapping[Identity, TableRows]] = []
        self._left_out: str | None = None

    def begin(self, walk: Walk, reached: Reached) -> None:
        """Look at what is there, and read the rows."""
        self._walk, self._there = walk, There(reached)
        there = self._there
        with there.lasting():
            now = there.catalogue()
            if self._with_rows:
                self._seeding.give(there.query, now)
            else:
                self._seeding.take_away(there.query, now)
            self._look()

    def before(self, _leg: Leg) -> None:
        """Nothing is to be done."""

    def function(self, leg: Leg, function: Callable[[], None]) -> None:
        """Call it."""
        joined = self._joined and leg.direction is Direction.UPGRADE
        self._walk.types_there = enums(self._catalogues[-1]) if joined else frozenset()
        self._walk.begin()
        function()

    def after(self, _leg: Leg) -> None:
        """Look at what has become of it."""
        self._issued.append(tuple(self._walk.issued))
        self._left_out = self._left_out or self._walk.extensions.reason
        with self._there.lasting():
            self._look()
            if len(self._issued) == 1:
                if self._with_rows:
                    self._seeding.give(self._there.query, self._catalogues[-1])
                self._declared = self._there.declared(self._irreversible)

    def _look(self) -> None:
        self._catalogues.append(self._there.catalogue())
        before = self._catalogues[0]
        now = self._catalogues[-1]
        self._rows.append(self._there.rows([table for table in before.tables if table in now.objects]))

    def trip(self, walked: Walked) -> Trip | Stopped:
        """What was seen; the error, when the first upgrade did not come to its end."""
        done, stopped = walked
        if done == 0:
            assert stopped is not None
            return stopped
        issued = tuple(self._walk.issued)
        if done == 1:
            back = Back(self._on, stopped, issued=issued)
        else:
            again = self._catalogues[3] if done == 3 else None
            back = Back(self._on, None, self._catalogues[2], self._rows[2], self._issued[1], again, stopped)
        return Trip(
            self._walk.leg.revision,
            self._catalogues[0],
            self._catalogues[1],
            self._rows[0],
            self._issued[0],
            ways=(back,),
            declared=self._declared,
            left_out=self._left_out,
        )

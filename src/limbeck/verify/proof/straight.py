"""A walk on which nothing is done but to look at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.there import There

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue
    from limbeck.environment.reached import Reached
    from limbeck.verify.proof.recordings import Recordings
    from limbeck.verify.proof.walk import Walk


class Straight:
    """An Attendant that gives no rows, and plays what is recorded.

    Attributes:
        start: the catalogue before the first leg.
        catalogue: after the last leg; None when the walk did not come there.
    """

    def __init__(self, last: Leg, recordings: Recordings) -> None:
        """Nothing is seen yet."""
        self._last = last
        self._recordings = recordings
        self.start: Catalogue | None = None
        self.catalogue: Catalogue | None = None

    def begin(self, _walk: Walk, reached: Reached) -> None:
        """Look at the beginning."""
        self._there = There(reached)
        with self._there.lasting():
            self.start = self._there.catalogue()._replace(origin="")

    def before(self, _leg: Leg) -> None:
        """Nothing is to be done."""

    def function(self, leg: Leg, function: Callable[[], None]) -> None:
        """Call it, or play what it issues."""
        issued = self._recordings.anywhere(leg)
        if issued is None:
            function()
        else:
            self._there.play(issued)

    def after(self, leg: Leg) -> None:
        """Look at the end."""
        if leg == self._last:
            with self._there.lasting():
                self.catalogue = self._there.catalogue()._replace(origin="")

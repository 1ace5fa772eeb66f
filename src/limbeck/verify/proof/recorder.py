"""A walk up that only notes what the revisions issue, up and back, each as the first of a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from limbeck.database.catalogue import digest
from limbeck.model.plan import Direction
from limbeck.verify.proof.arriving import Arrived
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.plain import is_plain
from limbeck.verify.proof.there import There

if TYPE_CHECKING:
    from limbeck.environment.reached import Reached
    from limbeck.verify.proof.held_back import HeldBack
    from limbeck.verify.proof.recordings import Recordings
    from limbeck.verify.proof.walk import Walk


class Recorder:
    """An Attendant of a walk that begins on an empty database, and executes no more there than it has to."""

    def __init__(
        self,
        recordings: Recordings,
        paths: Mapping[str, str],
        held_back: HeldBack,
        told: Callable[[Arrived], None],
    ) -> None:
        """Nothing is noted yet.

        Args:
            recordings: where it is noted.
            paths: the file of each revision.
            held_back: what the walk does not execute.
            told: called with what was noted, as soon as it was.
        """
        self._recordings = recordings
        self._paths = paths
        self._held_back = held_back
        self._told = told

    def begin(self, walk: Walk, reached: Reached) -> None:
        """Look at what `env.py` does to an empty database."""
        self._walk = walk
        there = There(reached)
        with there.lasting():
            plain = is_plain(there, reached)
            self._recordings.begins_at = digest(there.catalogue()) if plain else ""
        self._told(Arrived(self._recordings.begins_at))

    def before(self, _leg: Leg) -> None:
        """Nothing is to be done."""

    def function(self, leg: Leg, function: Callable[[], None]) -> None:
        """Call it, and the one that goes back, each as the first of a command."""
        self._note(leg, function)
        back = Leg(Direction.DOWNGRADE, leg.revision)
        # An error is told by who proves this revision, and calls it again.
        with suppress(Exception, SystemExit), self._held_back.aside():
            self._note(back, lambda: self._walk.step(back).migration_fn())
        self._told(Arrived(None, self._recordings.of_revision(leg.revision)))

    def _note(self, leg: Leg, function: Callable[[], None]) -> None:
        self._walk.begin()
        function()
        self._recordings.note(self._walk, leg, self._paths[leg.revision])

    def after(self, _leg: Leg) -> None:
        """Nothing is to be done."""

"""A walk that only notes what the revisions issue, each as the first of a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from limbeck.database.catalogue import digest
from limbeck.verify.proof.plain import is_plain
from limbeck.verify.proof.there import There

if TYPE_CHECKING:
    from limbeck.environment.reached import Reached
    from limbeck.verify.proof.leg import Leg
    from limbeck.verify.proof.recordings import Recordings
    from limbeck.verify.proof.walk import Walk


class Recorder:
    """An Attendant of a walk that begins on an empty database."""

    def __init__(self, recordings: Recordings, paths: Mapping[str, str]) -> None:
        """Nothing is noted yet.

        Args:
            recordings: where it is noted.
            paths: the file of each revision.
        """
        self._recordings = recordings
        self._paths = paths

    def begin(self, walk: Walk, reached: Reached) -> None:
        """Look at what `env.py` does to an empty database."""
        self._walk = walk
        there = There(reached)
        with there.lasting():
            plain = is_plain(there, reached)
            self._recordings.begins_at = digest(there.catalogue()) if plain else ""

    def before(self, _leg: Leg) -> None:
        """Nothing is to be done."""

    def function(self, leg: Leg, function: Callable[[], None]) -> None:
        """Call it, as the first of a command."""
        self._walk.begin()
        function()
        self._recordings.note(self._walk, leg, self._paths[leg.revision])

    def after(self, _leg: Leg) -> None:
        """Nothing is to be done."""

"""Recordings that another process is making while this one plays them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition
from typing import TYPE_CHECKING, Any, NamedTuple

from limbeck.verify.proof.recordings import Recordings

if TYPE_CHECKING:
    from limbeck.verify.proof.leg import Leg
    from limbeck.verify.proof.recordings import Recorded
    from limbeck.verify.proof.trip import Issued


class Arrived(NamedTuple):
    """What has been recorded since the last time.

    Attributes:
        begins_at: as that of `Recordings`; None when it was told before.
        recorded: legs.
        is_last: nothing comes any more.
    """

    begins_at: str | None = None
    recorded: Recorded = {}
    is_last: bool = False


class ArrivingRecordings(Recordings):
    """Who asks for a leg waits until it is there, or nothing comes any more.

    Pickled, they are what has come so far.
    """

    def __init__(self, known: Recordings) -> None:
        """Nothing has come.

        Args:
            known: what was recorded earlier.
        """
        self._arrived = Condition()
        self._has_begun = self._has_ended = False
        super().__init__()
        self.rows = dict(known.rows)
        self._issued = dict(known.all())

    def __reduce__(self) -> tuple[Callable[..., Recordings], tuple[Any, ...]]:
        with self._arrived:
            return _settled, (self._begins_at, dict(self.rows), dict(self._issued))

    def take(self, arrived: Arrived) -> None:
        """Take up what has arrived, in any thread."""
        with self._arrived:
            if arrived.begins_at is not None:
                self.begins_at, self._has_begun = arrived.begins_at, True
            self._issued.update(arrived.recorded)
            self._has_ended = self._has_ended or arrived.is_last
            self._arrived.notify_all()

    @property
    def begins_at(self) -> str:
        """As that of others."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._has_begun or self._has_ended)
        return self._begins_at

    @begins_at.setter
    def begins_at(self, digest: str) -> None:
        self._begins_at = digest

    def update(self, recorded: Recorded) -> None:
        """Take up what was recorded elsewhere, or earlier."""
        with self._arrived:
            self._issued.update(recorded)

    @property
    def may_begin(self) -> bool:
        """Whether what is recorded can be played without `env.py`, or it is not known yet."""
        return not (self._has_begun or self._has_ended) or bool(self._begins_at)

    def may_come(self, leg: Leg) -> bool:
        """Whether a leg is recorded, or may still be."""
        return not self._has_ended or super().may_come(leg)

    def of(self, leg: Leg) -> tuple[Issued, ...] | None:
        """What a leg issues in a command of its own; None when it has to be run to know."""
        with self._arrived:
            self._arrived.wait_for(lambda: leg in self._issued or self._has_ended)
            return self._issued.get(leg)


def _settled(begins_at: str, rows: dict[str, Any], issued: dict[Leg, tuple[Issued, ...]]) -> Recordings:
    recordings = Recordings()
    recordings.begins_at = begins_at
    recordings.rows = rows
    recordings.update(issued)
    return recordings

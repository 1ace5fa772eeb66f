"""Recordings that another process is making while this one plays them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
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
    """Who asks for a leg waits until it is there, or nothing comes any more; one thread asks at a time.

    Pickled, they are what has come so far.
    """

    # Without a lock: an interrupt may leave a Condition locked for good, between its lock and its `with`, and then who
    # tells would wait for ever, and with it who ends that thread.

    def __init__(self, known: Recordings) -> None:
        """Nothing has come.

        Args:
            known: what was recorded earlier.
        """
        self._arrived: SimpleQueue[Arrived] = SimpleQueue()
        self._has_begun = self._has_ended = False
        super().__init__()
        self.rows = dict(known.rows)
        self._issued = dict(known.all())

    def __reduce__(self) -> tuple[Callable[..., Recordings], tuple[Any, ...]]:
        self._take_what_came()
        return _settled, (self._begins_at, dict(self.rows), dict(self._issued))

    def take(self, arrived: Arrived) -> None:
        """Have it taken up by who asks; in any thread, and it never waits."""
        self._arrived.put(arrived)

    def _take(self, arrived: Arrived) -> None:
        if arrived.begins_at is not None:
            self._begins_at, self._has_begun = arrived.begins_at, True
        self._issued.update(arrived.recorded)
        self._has_ended = self._has_ended or arrived.is_last

    def _take_what_came(self) -> None:
        with suppress(Empty):
            while True:
                self._take(self._arrived.get_nowait())

    @property
    def begins_at(self) -> str:
        """As that of others."""
        self._take_what_came()
        while not (self._has_begun or self._has_ended):
            self._take(self._arrived.get())
        return self._begins_at

    @begins_at.setter
    def begins_at(self, digest: str) -> None:
        self._begins_at = digest

    def __bool__(self) -> bool:
        self._take_what_came()
        return super().__bool__()

    def all(self) -> Recorded:
        """Everything that is recorded by now."""
        self._take_what_came()
        return super().all()

    def of_revision(self, revision: str) -> dict[Leg, tuple[Issued, ...]]:
        """What is recorded of a revision by now."""
        self._take_what_came()
        return super().of_revision(revision)

    def anywhere(self, leg: Leg) -> tuple[Issued, ...] | None:
        """What a leg issues, whatever runs before it in the same command; None when it is not known by now."""
        self._take_what_came()
        return super().anywhere(leg)

    @property
    def may_begin(self) -> bool:
        """Whether what is recorded can be played without `env.py`, or it is not known yet."""
        self._take_what_came()
        return not (self._has_begun or self._has_ended) or bool(self._begins_at)

    def may_come(self, leg: Leg) -> bool:
        """Whether a leg is recorded, or may still be."""
        self._take_what_came()
        return not self._has_ended or super().may_come(leg)

    def of(self, leg: Leg) -> tuple[Issued, ...] | None:
        """What a leg issues in a command of its own; None when it has to be run to know."""
        self._take_what_came()
        while not (leg in self._issued or self._has_ended):
            self._take(self._arrived.get())
        return self._issued.get(leg)


def _settled(begins_at: str, rows: dict[str, Any], issued: dict[Leg, tuple[Issued, ...]]) -> Recordings:
    recordings = Recordings()
    recordings.begins_at = begins_at
    recordings.rows = rows
    recordings.update(issued)
    return recordings

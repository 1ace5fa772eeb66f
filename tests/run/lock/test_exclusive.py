"""How long a run waits for another, and what it says; with a lock of the test's own, whose tries are counted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from limbeck.model.errors import TargetUnavailable
from limbeck.model.process import Process
from limbeck.run.lock import Holder, Patience, exclusively

THIS = Process("ann", "web-2", 8, lambda: datetime(2026, 1, 2, tzinfo=UTC), lambda: 0.0, lambda: "1")
OTHER = Holder("web-1", 7, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


class Lock:
    """Free from the n-th try on."""

    def __init__(self, free_from: int) -> None:
        self.free_from = free_from
        self.tries: list[Holder] = []
        self.released = 0

    def try_acquire(self, holder: Holder) -> bool:
        self.tries.append(holder)
        return len(self.tries) >= self.free_from

    def refuse_pooler(self, beside: Any) -> None:
        assert self.released == 0

    def holder(self) -> Holder | None:
        return OTHER

    def release(self) -> None:
        self.released += 1


class Time:
    """A clock that only a pause moves on."""

    def __init__(self, limit: float) -> None:
        self.now = 0.0
        self.told: list[tuple[Holder, float]] = []
        self.patience = Patience(limit, self.tell, pause=self.pause, clock=lambda: self.now)

    def pause(self, seconds: float) -> None:
        assert 0 < seconds <= 1
        self.now += seconds

    def tell(self, holder: Holder, limit: float) -> None:
        self.told.append((holder, limit))


def enter(lock: Lock, time: Time) -> float:
    with exclusively(lock, None, time.patience, THIS) as waited:  # type: ignore[arg-type]
        assert lock.released == 0
    return waited


def test_a_free_lock_is_had_at_once() -> None:
    lock, time = Lock(1), Time(60)
    assert enter(lock, time) == 0
    assert (len(lock.tries), lock.released, time.told) == (1, 1, [])
    assert (lock.tries[0].host, lock.tries[0].pid) == ("web-2", 8)


def test_a_wait_is_told_once_and_ends_with_the_other_run() -> None:
    lock, time = Lock(20), Time(600)
    assert enter(lock, time) == time.now > 0
    assert (len(lock.tries), lock.released, time.told) == (20, 1, [(OTHER, 600)])


def test_patience_has_an_end() -> None:
    lock, time = Lock(10**9), Time(30)
    with pytest.raises(TargetUnavailable) as caught:
        enter(lock, time)
    assert 30 <= time.now <= 31
    assert "process 7 on web-1, since 03:04:05 UTC" in caught.value.message
    assert (caught.value.exit_code, lock.released) == (4, 0)


def test_none_at_all() -> None:
    lock, time = Lock(10**9), Time(0)
    with pytest.raises(TargetUnavailable):
        enter(lock, time)
    assert (len(lock.tries), time.now, time.told) == (1, 0, [])

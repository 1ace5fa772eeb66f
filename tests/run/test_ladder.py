"""How tries are spaced: laws that hold for every setting."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from limbeck.model.bounds import Bounds
from limbeck.model.duration import Duration
from limbeck.run.waits.ladder import TRIES, Climb


class Hours:
    """A clock that stands still while nobody waits."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def climbed(bounds: Bounds, clock: Hours, seed: int) -> list[tuple[float, float | None]]:
    """What each try waited, and the pause behind it, when the lock is never had."""
    climb = Climb(bounds, clock, random.Random(seed).uniform)
    steps: list[tuple[float, float | None]] = []
    while not climb.over:
        waited = climb.lock_timeout
        clock.now += waited
        pause = climb.failed()
        steps.append((waited, pause))
        clock.now += pause or 0.0
    assert climb.failed() is None, "what is over stays so"
    assert climb.failures == len(steps)
    return steps


def test_the_default() -> None:
    clock = Hours()
    steps = climbed(Bounds(Duration("2s"), Duration("5min")), clock, 1)
    assert [waited for waited, _ in steps[:5]] == [0.25, 0.5, 1.0, 2.0, 2.0]
    assert len(steps) <= TRIES
    assert 290 <= clock.now <= 310 or len(steps) == TRIES


def test_without_patience_there_is_one_try_with_all_of_the_bound() -> None:
    assert climbed(Bounds(Duration("2s"), Duration("0s")), Hours(), 1) == [(2.0, None)]


@given(st.integers(0, 100_000), st.integers(0, 1_000), st.integers())
def test_every_wait_is_bounded(milliseconds: int, patience: int, seed: int) -> None:
    bounds = Bounds(Duration(f"{milliseconds}ms"), Duration(f"{patience}s"))
    clock = Hours()
    steps = climbed(bounds, clock, seed)
    waits = [waited for waited, _ in steps]
    pauses = [pause for _, pause in steps[:-1]]
    longest = bounds.lock_timeout.seconds
    assert len(steps) <= TRIES
    assert max(waits) <= longest
    assert waits == sorted(waits)
    assert all(pause is not None and 0 <= pause <= 15 for pause in pauses)
    assert clock.now <= patience + 2 * longest, "the last try begins within the patience"
    left_alone = [pause or 0 for pause in pauses[:-1]]
    assert all(pause >= min(15.0, waited) / 2 for pause, waited in zip(left_alone, waits, strict=False))

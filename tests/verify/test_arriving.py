"""Who asks for what another process is recording waits for it, and no longer than it can still come."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from limbeck.model.plan import Direction
from limbeck.verify.proof.arriving import Arrived, ArrivingRecordings
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.recordings import Recordings
from limbeck.verify.proof.trip import Issued

ONE, OTHER = Leg(Direction.UPGRADE, "one"), Leg(Direction.DOWNGRADE, "one")
MADE = (Issued("CREATE TABLE a ()", None),)
WITHIN = 60  # seconds


def answer(ask: Callable[[], Any], *arrived: Arrived) -> Any:
    """What is answered to somebody who asks before all this arrives."""
    recordings = ArrivingRecordings(Recordings())
    with ThreadPoolExecutor(1) as other:
        asked: Future[Any] = other.submit(ask, recordings)
        for each in arrived:
            recordings.take(each)
        return asked.result(WITHIN)


@pytest.mark.parametrize(
    ("ask", "arrived", "expected"),
    [
        (lambda known: known.of(ONE), [Arrived("x"), Arrived(None, {ONE: MADE})], MADE),
        (lambda known: known.of(OTHER), [Arrived(None, {ONE: MADE}), Arrived(is_last=True)], None),
        (lambda known: known.begins_at, [Arrived("x")], "x"),
        (lambda known: known.begins_at, [Arrived("")], ""),
        (lambda known: known.begins_at, [Arrived(is_last=True)], ""),
    ],
)
def test_what_is_waited_for(ask: Callable[[], Any], arrived: list[Arrived], expected: object) -> None:
    assert answer(ask, *arrived) == expected


def test_what_may_come() -> None:
    recordings = ArrivingRecordings(Recordings())
    assert recordings.may_come(ONE)
    recordings.take(Arrived("", {ONE: MADE}, is_last=True))
    assert [recordings.may_come(each) for each in (ONE, OTHER)] == [True, False]


def test_what_was_known_before_is_there_at_once() -> None:
    known = Recordings()
    known.update({ONE: MADE})
    assert ArrivingRecordings(known).of(ONE) == MADE


def test_another_process_gets_what_has_come_by_then() -> None:
    recordings = ArrivingRecordings(Recordings())
    recordings.take(Arrived("x", {ONE: MADE}))
    twin = pickle.loads(pickle.dumps(recordings))
    assert type(twin) is Recordings
    assert (twin.begins_at, dict(twin.all())) == ("x", {ONE: MADE})

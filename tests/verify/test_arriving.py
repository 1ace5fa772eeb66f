"""Who asks for what another process is recording waits for it, and no longer than it can still come."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from threading import Thread
from types import FrameType
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


def test_who_tells_does_not_wait_wherever_who_asks_was_interrupted() -> None:
    """At no instruction does an interrupt leave something locked."""
    last = next(number for number in count() if not is_interrupted_at(number))
    assert last > 0


def is_interrupted_at(number: int) -> bool:
    """Interrupt who asks at an instruction, if there are so many, and then tell something from another thread."""
    recordings = ArrivingRecordings(Recordings())
    recordings.take(Arrived("x", {ONE: MADE}))
    passed = count()

    def trace(frame: FrameType, _event: str, _value: object) -> Any:
        frame.f_trace_opcodes = True
        if next(passed) == number:
            raise KeyboardInterrupt
        return trace

    before, is_interrupted = sys.gettrace(), False
    sys.settrace(trace)
    try:
        recordings.of(ONE)
    except KeyboardInterrupt:
        is_interrupted = True
    finally:
        sys.settrace(before)
    telling = Thread(target=recordings.take, args=(Arrived(is_last=True),), daemon=True)
    telling.start()
    telling.join(WITHIN)
    assert not telling.is_alive(), f"interrupted at instruction {number}"
    return is_interrupted

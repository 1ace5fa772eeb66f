"""The processes beside ours end with the `with` of theirs, at whatever moment an interrupt comes."""

from __future__ import annotations

import signal
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from limbeck.verify.proof.recordings import Recordings
from limbeck.verify.worker import Part, Task
from limbeck.verify.workers import Workers


@pytest.mark.parametrize("which", [1, 2])
def test_an_interrupt_while_its_threads_start_leaves_no_process(which: int, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        started.append(thread)
        if len(started) == which:
            raise KeyboardInterrupt
        start(thread)

    course: Any = SimpleNamespace(recordings=Recordings())
    ground: Any = None
    task = Task((Part.SHARE,), ("one",))
    workers = Workers(lambda _: None, course)
    with pytest.raises(KeyboardInterrupt), workers:
        workers.start(3, ground)
        monkeypatch.setattr(threading.Thread, "start", interrupted)
        workers.give(task)
    assert [each.status for each in workers._started] == [-signal.SIGKILL] * 3

"""The processes that prove the shares of a chain beside ours."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any

from limbeck.model.errors import LimbeckError, OtherDialect, ProcessLost
from limbeck.verify.forked import Forked, can_fork
from limbeck.verify.proof.arriving import Arrived, ArrivingRecordings
from limbeck.verify.proof.rendered import AsSql
from limbeck.verify.proof.whole import Route
from limbeck.verify.result import Result
from limbeck.verify.worker import Done, Ground, Part, Refused, Task, framed, main

if TYPE_CHECKING:
    from limbeck.verify.proof.course import Course

    Process = subprocess.Popen[bytes] | Forked

_PROGRAM = "import sys; sys.path[:] = {path!r}; from limbeck.verify.worker import main; main()"


class Worker:
    """One of them.

    Attributes:
        parts: what of the proof it does.
        wanted: the revisions that it proves.
        are_arriving: whether it waits for what revisions issue.
        open: those of which nothing has come yet, in order.
    """

    def __init__(self, ground: Ground, heard: Callable[[Worker, Any], None], others: Sequence[Worker]) -> None:
        """Start it.

        Args:
            ground: what it works on.
            heard: called with itself and what it says, on a thread of its own; with None when it has ended.
            others: those that were started before.
        """
        self.parts: tuple[Part, ...] = ()
        self.are_arriving = False
        self.wanted: tuple[str, ...] = ()
        self.open: list[str] = []
        self._heard = heard
        self._to_write: SimpleQueue[bytes | None] = SimpleQueue()
        self._process: Process = _process(ground, [other._process for other in others])
        if not isinstance(self._process, Forked):
            self._to_write.put(framed(ground))
        self._threads: list[threading.Thread] = []

    def give(self, task: Task) -> None:
        """Tell it what to do, once."""
        self.parts = task.parts
        self.are_arriving = task.are_arriving
        self.wanted, self.open = task.wanted, list(task.wanted)
        self.say(task)
        for each in (self._write, self._listen):
            thread = threading.Thread(target=each, daemon=True)
            thread.start()
            self._threads.append(thread)  # not before: an interrupt while it starts leaves one that cannot be joined

    def say(self, message: Task | Arrived) -> None:
        """Tell it something; what is first is its task."""
        self._to_write.put(framed(message))  # now: what the message holds may change

    def _write(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended, which who listens tells
            while (message := self._to_write.get()) is not None:
                self._process.stdin.write(message)
                self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            while True:
                self._heard(self, pickle.load(self._process.stdout))  # noqa: S301 - it is our own process
        except (EOFError, OSError, pickle.UnpicklingError):
            pass  # it has ended
        except BaseException:
            self._process.kill()  # nobody listens to it any more
            raise
        finally:
            self._heard(self, None)

    @property
    def status(self) -> int:
        """Its exit status, after its end."""
        return self._process.wait()

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()

    def wait(self) -> None:
        """Wait until it has ended, and nobody listens to it any more."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.wait()
        self._to_write.put(None)
        for thread in self._threads:
            thread.join()
        with suppress(OSError):  # what was to be written when it ended
            self._process.stdin.close()
        self._process.stdout.close()


def _process(ground: Ground, others: Sequence[Process]) -> Process:
    """A process that works: a copy of this one where that can be, as it takes a fifth of a second less."""
    if can_fork():
        return Forked(partial(main, ground), [other for other in others if isinstance(other, Forked)])
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", _PROGRAM.format(path=sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us, and we end it
    )


class Workers:
    """All of them; use it in a `with`, at whose end there is none any more.

    Attributes:
        arriving: what the one that records has told so far.
    """

    def __init__(self, take: Callable[[Result], None], course: Course) -> None:
        """Nothing is started yet.

        Args:
            take: called with each result, on the thread that calls `take_what_came` or `wait`.
            course: told there, too, what the chain is as SQL and as a whole.
        """
        self._course = course
        self._take = take
        self._messages: SimpleQueue[tuple[Worker, Any]] = SimpleQueue()
        self.arriving = ArrivingRecordings(course.recordings)
        self._recorded: Callable[[], None] = lambda: None
        self._started: list[Worker] = []
        self._idle: list[Worker] = []
        self._at_work: set[Worker] = set()
        self._without_sql: Worker | None = None

    def __enter__(self) -> Workers:
        return self

    def start(self, count: int, ground: Ground) -> None:
        """Start processes, which have nothing to do yet."""
        for _ in range(count):
            worker = Worker(ground, self._hear, self._started)
            self._started.append(worker)
            self._idle.append(worker)

    def give(self, task: Task) -> None:
        """Have one of those that have nothing to do do something."""
        worker = self._idle.pop(0)
        self._at_work.add(worker)
        worker.give(task)

    def record(self, task: Task, then: Callable[[], None]) -> None:
        """Have one record what revisions issue, and tell those at work that wait for it.

        Args:
            then: called when everything is recorded, if it comes to that.
        """
        self._recorded = then
        self.give(task)

    def _hear(self, worker: Worker, message: Any) -> None:
        """Take what a worker says, on its thread; what arrives for others is passed on at once."""
        if Part.RECORDINGS in worker.parts and (message is None or isinstance(message, Arrived)):
            arrived = message or Arrived(is_last=True)
            self.arriving.take(arrived)
            for other in tuple(self._started):
                if other.are_arriving:
                    other.say(arrived)
        self._messages.put((worker, message))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        # All of them, before an error or another interrupt can leave one: the server would wait for it for ever.
        for worker in self._started:
            worker.kill()
        for worker in self._started:
            worker.wait()

    def take_what_came(self) -> None:
        """Take the results that are there.

        Raises:
            LimbeckError: a worker cannot go on, or has ended.
        """
        while not self._messages.empty():
            self._one()

    def wait(self) -> None:
        """Take results until all workers are done.

        Raises:
            LimbeckError: a worker cannot go on, or has ended.
        """
        while self._at_work:
            self._one()
        if self._without_sql is not None:
            raise _lost(self._without_sql)

    def _one(self) -> None:
        worker, message = self._messages.get()
        match message:
            case Result():
                worker.open.remove(message.revision)
                self._take(message)
            case AsSql():
                self._course.rendition.sql = message
            case Route():
                self._course.rendition.route = message
            case Done():
                self._at_work.discard(worker)
            case Arrived(is_last=True):
                self._recorded()
            case Refused():
                kind = OtherDialect if message.other_dialect else LimbeckError
                raise kind(message.message, hint=message.hint)
            case None if worker in self._at_work and Part.SHARE in worker.parts:
                raise _lost(worker)
            case None if worker in self._at_work and Part.SQL not in worker.parts:
                # It was to save time; who proves the revision that has ended it tells of that.
                self._at_work.discard(worker)
            case None if worker in self._at_work:
                # Another may be about to end for the same reason, and that one knows the revision.
                self._at_work.discard(worker)
                self._without_sql = worker


def _lost(worker: Worker) -> ProcessLost:
    if Part.SQL in worker.parts:
        return ProcessLost(
            f"the process that was to render the chain as SQL ended with status {worker.status}",
            hint="limbeck verify --jobs 1",
        )
    revision = (worker.open or worker.wanted[-1:])[0]
    return ProcessLost(
        f"the process that was to prove {revision} ended with status {worker.status}",
        hint=f"limbeck verify --jobs 1 {revision}",
    )

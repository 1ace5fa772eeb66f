"""The processes that prove the shares of a chain beside ours."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from types import TracebackType
from typing import Any

from limbeck.model.errors import LimbeckError, OtherDialect, ProcessLost
from limbeck.verify.proof.rendered import AsSql
from limbeck.verify.result import Result
from limbeck.verify.worker import Done, Refused, Task

_PROGRAM = "import sys; sys.path[:] = {path!r}; from limbeck.verify.worker import main; main()"


class Worker:
    """One of them.

    Attributes:
        task: what it does.
        open: the revisions of which nothing has come yet, in order.
    """

    def __init__(self, task: Task, messages: SimpleQueue[tuple[Worker, Any]]) -> None:
        """Start it.

        Args:
            messages: where what it says goes, with itself; None when it has ended.
        """
        self.task = task
        self.open = list(task.wanted)
        self._messages = messages
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", _PROGRAM.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us, and we end it
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            pickle.dump(self.task, self._process.stdin)
            self._process.stdin.flush()
            while True:
                self._messages.put((self, pickle.load(self._process.stdout)))  # noqa: S301 - it is our own process
        except (EOFError, OSError, pickle.UnpicklingError):
            self._messages.put((self, None))

    @property
    def status(self) -> int:
        """Its exit status, after its end."""
        return self._process.wait()

    def stop(self) -> None:
        """End it, whatever it does, and wait for that."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._listener.join()
        self._process.stdin.close()
        self._process.stdout.close()


class Workers:
    """All of them; use it in a `with`, at whose end there is none any more."""

    def __init__(
        self, tasks: Sequence[Task], take: Callable[[Result], None], take_sql: Callable[[AsSql], None]
    ) -> None:
        """Nothing is started yet.

        Args:
            take: called with each result, on the thread that calls `take_what_came` or `wait`.
            take_sql: called with the chain as SQL, in the same way.
        """
        self._take_sql = take_sql
        self._tasks = tasks
        self._take = take
        self._messages: SimpleQueue[tuple[Worker, Any]] = SimpleQueue()
        self._started: list[Worker] = []
        self._at_work: set[Worker] = set()
        self._without_sql: Worker | None = None

    def __enter__(self) -> Workers:
        try:
            for task in self._tasks:
                self._started.append(Worker(task, self._messages))
        except BaseException:
            self._stop()
            raise
        self._at_work = set(self._started)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        for worker in self._started:
            worker.stop()

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
                self._take_sql(message)
            case Done():
                self._at_work.discard(worker)
            case Refused():
                kind = OtherDialect if message.other_dialect else LimbeckError
                raise kind(message.message, hint=message.hint)
            case None if worker in self._at_work and worker.task.wanted:
                raise _lost(worker)
            case None if worker in self._at_work:
                # Another may be about to end for the same reason, and that one knows the revision.
                self._at_work.discard(worker)
                self._without_sql = worker


def _lost(worker: Worker) -> ProcessLost:
    if not worker.task.wanted:
        return ProcessLost(
            f"the process that was to render the chain as SQL ended with status {worker.status}",
            hint="limbeck verify --jobs 1",
        )
    revision = (worker.open or worker.task.wanted[-1:])[0]
    return ProcessLost(
        f"the process that was to prove {revision} ended with status {worker.status}",
        hint=f"limbeck verify --jobs 1 {revision}",
    )

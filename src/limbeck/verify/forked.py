"""A copy of this process at work, which has imported already what takes a new process longer than some proofs."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NoReturn

# Taken in a copy before it is on its own, one would have it go on as its parent does.
_MASKED = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def can_fork() -> bool:
    """Whether a copy of this process can work on its own: it has no other thread, and no connection of the project's.

    Only on Linux; elsewhere, what libraries of the system do may not outlive a fork.
    """
    return sys.platform == "linux" and threading.active_count() == 1 and "sqlalchemy" not in sys.modules


class Forked:
    """The process, as `subprocess.Popen` would have it.

    Attributes:
        stdin, stdout: where it reads, and what it writes.
    """

    def __init__(self, work: Callable[[], None], others: Iterable[Forked]) -> None:
        """Start it.

        Args:
            work: what it does, with its own standard input and output; it ends with that.
            others: those that were started before, whose ends this one is not to hold open.
        """
        reads, self._to = os.pipe()
        self._from, writes = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        signal.pthread_sigmask(signal.SIG_BLOCK, _MASKED)
        try:
            self._pid = os.fork()
            if self._pid == 0:
                for other in (self, *others):
                    os.close(other._to)
                    os.close(other._from)
                _run(work, reads, writes)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _MASKED)
        os.close(reads)
        os.close(writes)
        self.stdin, self.stdout = os.fdopen(self._to, "wb"), os.fdopen(self._from, "rb")
        self._status: int | None = None

    def kill(self) -> None:
        """End it, whatever it does."""
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit status, after its end; that of a signal is negative."""
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._status


def _run(work: Callable[[], None], reads: int, writes: int) -> NoReturn:
    """In the new process: work, and end without what our parent does at its end."""
    status = 1
    gc.freeze()  # what our parent has made stays: to look for garbage in it would copy it
    try:
        os.setsid()  # Ctrl-C is for our parent, and that ends us
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup it stays so
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _MASKED)
        os.dup2(reads, 0)
        os.dup2(writes, 1)
        os.close(reads)
        os.close(writes)
        work()
        status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):  # nobody reads it
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)

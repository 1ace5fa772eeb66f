"""Signals that end a run: the first one interrupts it, a second one is obeyed at once.

While a driver written in C waits for the server, Python's own handlers do not run.  So a thread reads the numbers of
the signals as they come, and ends the statement under way from outside; then the driver returns, and the handlers run.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, NoReturn

from limbeck.model.interrupt import came_of_interrupt

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_AGAIN = 0.05  # seconds until an interrupt that was lost comes again: behind what has lost it
_ONE = 0.25  # seconds within which several count as one: `timeout` and a closed terminal send two


class Interrupts:
    """While entered, the signals are taken; to be entered on the process' main thread.

    Attributes:
        cancel: ends what is under way; called on another thread, and returns at once.
    """

    def __init__(
        self, enabled: bool, leave: Callable[[], object], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing is taken yet.

        Args:
            enabled: False takes nothing: the process is somebody else's.
            leave: tidies the terminal up, before the process ends at once.
        """
        self.cancel: Callable[[], object] = lambda: None
        self._enabled = enabled
        self._leave = leave
        self._clock = clock
        self._first: float | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        if not self._enabled:
            return self
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._fd_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            before = signal.getsignal(number)
            if number != signal.SIGINT and before is not signal.SIG_IGN:  # nohup ignores SIGHUP
                self._before[number] = before
                signal.signal(number, _interrupt)
        self._thread = threading.Thread(target=self._listen, name="limbeck-signals", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._enabled:
            return
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._writer.close()
        self._thread.join()
        self._reader.close()

    def _listen(self) -> None:
        while received := self._reader.recv(64):
            if any(number in _SIGNALS for number in received):
                self._take()

    def _take(self) -> None:
        now = self._clock()
        if self._first is None:
            self._first = now
            self.cancel()
        elif now - self._first >= _ONE:
            self._end_at_once()

    def _end_at_once(self) -> NoReturn:
        try:
            self._leave()
        finally:
            os._exit(130)


def ended_as_by_ctrl_c(enabled: bool) -> None:
    """From now on, a signal that ends this process does it as Ctrl-C does: what it has on a scratch server goes first.

    Args:
        enabled: False changes nothing: the process is somebody else's.
    """
    if not enabled:
        return
    if logging.lastResort is not None:
        logging.lastResort.addFilter(_is_no_interrupt)
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    sys.unraisablehook = _not_lost(sys.unraisablehook)


def _not_lost(before: Callable[[sys.UnraisableHookArgs], object]) -> Callable[[sys.UnraisableHookArgs], None]:
    """Takes errors that Python can raise nowhere: an interrupt among them comes again.

    It is lost where it comes while Python itself calls something, as for each module that an import has locked.
    """

    def hook(lost: sys.UnraisableHookArgs) -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            again = threading.Timer(_AGAIN, _interrupt_main_thread)
            again.daemon = True
            again.start()
        else:
            before(lost)

    return hook


def _interrupt_main_thread() -> None:
    """By a signal where there are such: a system call that waits ends by nothing else."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


def _is_no_interrupt(record: logging.LogRecord) -> bool:
    """Whether a message is not of an error that comes of an interrupt: a pool tells of a connection that it cannot
    reset, as it was left in the middle of a statement.
    """
    error = record.exc_info[1] if record.exc_info else None
    return error is None or not came_of_interrupt(error)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    """As Ctrl-C is taken at this moment: an event loop has a handler of its own, which cancels its task."""
    as_ctrl_c = signal.getsignal(signal.SIGINT)
    if not callable(as_ctrl_c):
        raise KeyboardInterrupt
    as_ctrl_c(signal.SIGINT, frame)

"""Code of the project that is called to learn what it will do, kept from doing it.

A revision's function is called once without a database before it is run.  What it does to files, processes and
networks would then happen twice, and before anybody has agreed to the first statement.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from types import FrameType

_PREFIXES = {
    **dict.fromkeys(
        ("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system"), "starts a process"
    ),
    **dict.fromkeys(
        ("socket.connect", "socket.sendto", "socket.bind", "urllib.", "smtplib.", "ftplib."), "uses the network"
    ),
    **dict.fromkeys(("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink"), "changes files"),
    **dict.fromkeys(("os.truncate", "os.chmod", "os.chown", "os.utime", "shutil."), "changes files"),
    "sqlite3.connect": "opens a connection of its own",
    "os.kill": "sends a signal",
    "time.sleep": "waits",
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_listener: Callable[[str], None] | None = None
_hooked = False


class Unforeseeable(Exception):
    """What a revision does from here on is known only when it runs; the text says why."""


class LeavesTheProcess(Unforeseeable):
    """A revision does more than to tell its SQL."""


@contextlib.contextmanager
def within_process(noticed: Callable[[str], None]) -> Iterator[None]:
    """While entered, code that would leave the process fails with LeavesTheProcess, and prints, logs and warns nobody.

    What an import does is let through: it happens once, and would happen in the run.

    Args:
        noticed: told what was kept from happening, for code that catches its errors.
    """
    global _listener, _hooked
    if not _hooked:
        sys.addaudithook(_audit)  # there is no way to take it off again; without a listener it does nothing
        _hooked = True
    written, disabled = sys.dont_write_bytecode, logging.root.manager.disable
    silence = io.StringIO()
    _listener = noticed
    sys.dont_write_bytecode = True
    logging.disable(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        _listener = None
        sys.dont_write_bytecode = written
        logging.disable(disabled)


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _listener is None:
        return
    deed = _deed(event, arguments)
    if deed is not None and not _importing(sys._getframe(1)):
        _listener(deed)
        raise LeavesTheProcess(f"it {deed}")


def _deed(event: str, arguments: tuple[object, ...]) -> str | None:
    if event == "open":
        flags = arguments[2]
        return "changes files" if isinstance(flags, int) and flags & _WRITING else None
    return next((deed for prefix, deed in _PREFIXES.items() if event.startswith(prefix)), None)


def _importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name == "_find_and_load":
            return True
        frame = frame.f_back
    return False

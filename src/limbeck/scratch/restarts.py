"""Data that may be lost when the machine stops: it is written without waiting for the disk, and kept until a restart.

Its folder carries the number that the system gives to each start.  Data of another start is never used again: what of
it had reached the disk, nobody knows.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

_LINUX = "/proc/sys/kernel/random/boot_id"
_LENGTH = 8


def this_start() -> str | None:
    """A short name for the time since the machine was started; None where the system does not tell."""
    try:
        with open(_LINUX, encoding="ascii") as file:
            return file.read().replace("-", "")[:_LENGTH]
    except OSError:
        return None


def remove_earlier(folder: Path, name: str, start: str) -> None:
    """Remove the data called `name` of other starts of the machine, unless a server of another machine uses it."""
    pattern = re.compile(rf"{re.escape(name)}-[0-9a-f]{{{_LENGTH}}}(\.unfinished|\.lock)?")
    for entry in sorted(folder.iterdir()):
        if not pattern.fullmatch(entry.name) or entry.name.startswith(f"{name}-{start}"):
            continue
        if entry.is_dir() and not _is_used(entry):
            shutil.rmtree(entry, ignore_errors=True)  # another process may be removing it, too
        elif entry.suffix == ".lock" and not entry.with_suffix("").exists():
            with suppress(FileNotFoundError):  # another process was faster
                entry.unlink()


def _is_used(data: Path) -> bool:
    """Whether a server holds the lock on its data, as `cluster` takes it."""
    try:
        claim = os.open(data / "PG_VERSION", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False  # it was never complete
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(claim)
    return False

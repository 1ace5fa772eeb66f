"""The gate of a shared server: a locked file that lets one process at a time start the server, end it, or attach to it.

Whoever attaches holds the gate only while it connects.  The supervisor holds it from before the start until the
server is ready, and again from the decision to end until all is gone; so nobody attaches to a server that ends, and
two never start at once.  The file names the socket on which the supervisor listens, and vanishes with the server.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time

from limbeck.model.errors import TargetUnavailable, UsageError

RETRY_SECONDS = 0.01


class Gate:
    """An open gate file, locked by us unless said otherwise."""

    def __init__(self, descriptor: int, path: str) -> None:
        self.descriptor = descriptor
        self.path = path

    def address(self) -> str:
        """The path of the supervisor's socket; empty when no server was started since the file was made."""
        return os.fsdecode(os.pread(self.descriptor, 4096, 0))

    def publish(self, address: str) -> None:
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, os.fsencode(address), 0)

    def unlock(self) -> None:
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def lock(self) -> None:
        """Wait for the lock.  Nobody else holds it for longer than a connection to a listening socket takes."""
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Remove the file while it is locked: who waits for it sees that and makes a new one."""
        if _is_still_at(self.descriptor, self.path):
            os.unlink(self.path)

    def close(self) -> None:
        os.close(self.descriptor)


def enter(path: str, deadline: float) -> Gate:
    """Make the gate file if need be and lock it, before `deadline` on the monotonic clock.

    Raises:
        TargetUnavailable: another process holds it for too long.
        UsageError: the file cannot be made, or belongs to somebody else.
    """
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}") from error
        try:
            _check_owner(descriptor, path)
            _lock_before(descriptor, path, deadline)
            if _is_still_at(descriptor, path):
                return Gate(descriptor, path)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _check_owner(descriptor: int, path: str) -> None:
    status = os.fstat(descriptor)
    if status.st_uid != os.geteuid() or not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path} is not a file of ours: it belongs to uid {status.st_uid}")


def _lock_before(descriptor: int, path: str, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TargetUnavailable(f"another process has held {path} for too long") from None
        time.sleep(RETRY_SECONDS)


def _is_still_at(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False

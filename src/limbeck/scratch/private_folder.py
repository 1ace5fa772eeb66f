"""Folders that only the server's account can enter, and that vanish even when the process that made them is killed.

A private folder holds a file that its maker keeps locked.  Where the lock is free the maker is dead, and the next
process that makes a folder in the same place removes the dead one's.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import stat
import sys
import time

from limbeck.scratch.account import Account
from limbeck.scratch.folders import FOLDER_PREFIX

LOCK = "lock"
REMOVAL_SECONDS = 30.0
_NAME = re.compile(rf"{FOLDER_PREFIX}[0-9a-f]{{8}}")


class OpenFolder:
    """A folder that is held open for processes of an account.

    It may lie below one that the account cannot enter, such as root's home.  Linux lets a process reach a directory
    that it was given open by the name /proc/self/fd/N, without asking the folders above, so that no mode of theirs
    has to change.

    Attributes:
        path: where the folder is.
        name: how we and the processes that inherit `descriptor` reach it.
    """

    def __init__(self, path: str, account: Account) -> None:
        self.path = path
        self.descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        by_descriptor = account.dropped and sys.platform == "linux"
        self.name = f"/proc/self/fd/{self.descriptor}" if by_descriptor else path

    def close(self) -> None:
        os.close(self.descriptor)


def make_folder(path: str, account: Account) -> OpenFolder:
    """Make a folder for the account alone.

    Raises:
        FileExistsError: it is there already, whoever made it.
    """
    os.mkdir(path, 0o700)
    folder = OpenFolder(path, account)
    _give(folder, account)
    return folder


def _give(folder: OpenFolder, account: Account) -> None:
    if account.dropped:
        os.fchown(folder.descriptor, account.uid, account.gid)


class PrivateFolder:
    """A new folder of our own below `parent`, for the account alone."""

    def __init__(self, parent: str, account: Account) -> None:
        _remove_dead_folders(parent, account)
        name = f"{FOLDER_PREFIX}{secrets.token_hex(4)}"
        path, hidden = os.path.join(parent, name), os.path.join(parent, f".{name}")
        os.mkdir(hidden, 0o700)
        # It gets its name when it is locked, and its owner last, so that nobody removes or exchanges anything
        # meanwhile.
        self._lock = os.open(os.path.join(hidden, LOCK), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        os.rename(hidden, path)
        self.folder = OpenFolder(path, account)
        try:
            _give(self.folder, account)
        except OSError:
            self.remove()
            raise

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        self.folder.close()
        remove_folder(self.folder.path)
        os.close(self._lock)


def remove_folder(path: str) -> None:
    """Remove a folder, more than once if need be: the last processes of a crashed server may still write to it.

    Raises:
        OSError: it is still there after half a minute.
    """
    deadline = time.monotonic() + REMOVAL_SECONDS
    while os.path.lexists(path):
        shutil.rmtree(path, ignore_errors=time.monotonic() < deadline)
        if os.path.lexists(path):
            time.sleep(0.01)


def _remove_dead_folders(parent: str, account: Account) -> None:
    with os.scandir(parent) as entries:
        names = [entry.name for entry in entries if _NAME.fullmatch(entry.name)]
    for name in names:
        path = os.path.join(parent, name)
        try:
            if os.lstat(path).st_uid not in (account.uid, os.geteuid()):
                continue
            # Whatever the account may have put there instead of our file does no harm to open like this.
            lock = os.open(os.path.join(path, LOCK), os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            continue  # gone meanwhile, or not one of ours
        try:
            status = os.fstat(lock)
            if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and _is_free(lock):
                remove_folder(path)
        finally:
            os.close(lock)


def _is_free(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

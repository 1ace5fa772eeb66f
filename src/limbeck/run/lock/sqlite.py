"""The run lock on SQLite: a lock on a file beside the database, which the system lets go with its process."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from limbeck.model.errors import TargetUnavailable
from limbeck.run.lock.holder import Holder

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_SUFFIX = "-limbeck-lock"


class FileLock:
    """A file of the database's name with `-limbeck-lock` behind it; what a killed process leaves of it locks nobody
    out.
    """

    def __init__(self, database: str) -> None:
        self.path = os.path.realpath(database) + _SUFFIX
        self._descriptor: int | None = None

    def try_acquire(self, holder: Holder) -> bool:
        """Take it, unless somebody else holds it.

        Raises:
            TargetUnavailable: the file cannot be made.
        """
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise TargetUnavailable(
                f"the run lock cannot be made: {self.path}: {error.strerror}",
                hint="SQLite itself wants to write to that folder, too",
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        if not self._is_still_there(descriptor):
            os.close(descriptor)  # the one that held it has removed it, and somebody may have made it anew
            return False
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, holder.name.encode(), 0)
        self._descriptor = descriptor
        return True

    def _is_still_there(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.stat(self.path), os.fstat(descriptor))
        except FileNotFoundError:
            return False

    def refuse_pooler(self, beside: Connection) -> None:
        """Nothing to refuse: there are no poolers of files."""

    def holder(self) -> Holder | None:
        """Who holds it; None when the file is gone."""
        try:
            with open(self.path, encoding="utf-8", errors="replace") as file:
                return Holder.of_name(file.read()) or Holder()
        except OSError:
            return None

    def release(self) -> None:
        """Let it go, and remove the file while nobody else can hold it."""
        if self._descriptor is not None:
            with suppress(FileNotFoundError):
                os.unlink(self.path)
            os.close(self._descriptor)
            self._descriptor = None

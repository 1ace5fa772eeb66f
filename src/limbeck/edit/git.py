"""What git knows of a folder's files, asked through the `git` program; nothing here commits."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime

from limbeck.model.errors import UsageError


class GitFiles:
    """The files of a few folders as git sees them.  Answers are kept, except about what `move` changes.

    Outside of a repository, and where there is no `git`, nothing is tracked and nothing has a date.
    """

    def __init__(self) -> None:
        self._program = shutil.which("git")
        self._tracked: dict[str, frozenset[str]] = {}
        self._shallow: dict[str, bool] = {}

    def tracked(self, folder: str) -> frozenset[str]:
        """Names in the index of the files directly in a folder.

        Raises:
            UsageError: the folder lies in a repository that git refuses to read.
        """
        if folder not in self._tracked:
            names: list[str] = []
            if self._program is not None and in_repository(folder):
                listed = self._run(folder, "ls-files", "-z", "--", ".").split(b"\0")
                names = [os.fsdecode(name) for name in listed if name and b"/" not in name]
            self._tracked[folder] = frozenset(names)
        return self._tracked[folder]

    def tracks(self, path: str) -> bool:
        """Whether a file is in the index."""
        return os.path.basename(path) in self.tracked(os.path.dirname(path))

    def first_commit_date(self, path: str) -> datetime | None:
        """The author's date of the commit that added the file, in the author's time zone; None when there is none.

        A file that was moved without any other change is followed to where it was added.  In a shallow clone the oldest
        commit is not the one that added anything, so there is no date.
        """
        folder, name = os.path.split(path)
        if not self.tracks(path) or self.is_shallow(folder):
            return None
        # -M100%: revision files are so alike that git would take a new one for a renamed old one.
        dates = self._run(folder, "log", "--follow", "-M100%", "--format=%aI", "--", name, unborn=True).split()
        return datetime.fromisoformat(dates[-1].decode("ascii")) if dates else None

    def is_shallow(self, folder: str) -> bool:
        """Whether the repository of a folder holds only the newest commits."""
        if folder not in self._shallow:
            inside = self._program is not None and in_repository(folder)
            answer = self._run(folder, "rev-parse", "--is-shallow-repository") if inside else b""
            self._shallow[folder] = answer.strip() == b"true"
        return self._shallow[folder]

    def knows(self, folder: str, name: str) -> bool:
        """Whether a name stands for a commit of the folder's repository."""
        if self._program is None or not in_repository(folder):
            return False
        return not self._status(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")

    def is_at(self, folder: str, name: str) -> bool:
        """Whether what is checked out holds no commit that `name` does not."""
        return self.knows(folder, name) and not self._status(folder, "merge-base", "--is-ancestor", "HEAD", name)

    def changed_since(self, folder: str, name: str) -> list[str] | None:
        """Paths of the files in a folder that are new or changed since it and `name` parted, committed or not.

        None when there is no repository, or the name stands for nothing in it.

        Raises:
            UsageError: git failed.
        """
        if not self.knows(folder, name):
            return None
        parted = self._run(folder, "merge-base", name, "HEAD").decode().strip()
        options = ("--name-only", "-z", "--no-renames", "--relative", "--diff-filter=AM")
        changed = self._run(folder, "diff", *options, parted, "--", ".").split(b"\0")
        untracked = self._run(folder, "ls-files", "-z", "--others", "--exclude-standard", "--", ".").split(b"\0")
        return [os.path.join(folder, os.fsdecode(path)) for path in (*changed, *untracked) if path]

    def move(self, source: str, target: str) -> None:
        """`git mv`, in the index and in the folder; what is not committed of the file stays so.

        Raises:
            UsageError: git refused; nothing was moved.
        """
        folder = os.path.dirname(source)
        self._run(folder, "mv", "--", os.path.basename(source), os.path.relpath(target, folder), lock=True)
        self._tracked.pop(folder, None)
        self._tracked.pop(os.path.dirname(target), None)

    def _run(self, folder: str, *arguments: str, lock: bool = False, unborn: bool = False) -> bytes:
        """What git prints.

        Args:
            lock: whether the command may take the lock of the index.
            unborn: a repository without any commit is no error: there is nothing to print.

        Raises:
            UsageError: git failed; the message is git's own.
        """
        assert self._program is not None
        if unborn and self._status(folder, "rev-parse", "--verify", "--quiet", "HEAD"):
            return b""
        done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
            [self._program, "--literal-pathspecs", "-C", folder, *arguments],
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=git_environment(lock),
        )
        if done.returncode:
            words = done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"exit status {done.returncode}"]
            raise UsageError(f"git {arguments[0]} failed in {folder}: {words[0]}", hint=f"git -C {folder} status")
        return done.stdout

    def _status(self, folder: str, *arguments: str) -> int:
        assert self._program is not None
        command = [self._program, "-C", folder, *arguments]
        return subprocess.run(command, capture_output=True, check=False, env=git_environment(False)).returncode  # noqa: S603


def git_environment(lock: bool) -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **({} if lock else {"GIT_OPTIONAL_LOCKS": "0"})}


def in_repository(folder: str) -> bool:
    """Whether a `.git` lies in the folder or above it; git's own status does not tell "none" from "not yours"."""
    if os.environ.get("GIT_DIR"):
        return True
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above
    return True

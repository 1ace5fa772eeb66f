"""What git knows of a revision that no file has: who deleted its file, and which branches have it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence

from limbeck.edit.git import git_environment, in_repository
from limbeck.graph.source import read_source
from limbeck.model.lost import Commit, InGit

LIMIT = 5.0  # seconds that git may take, all questions together
_MOST_BRANCHES = 200  # to look into, those with the newest commits
_MOST_COMMITS = 20  # to look into
_SHOWN = 5  # branches that are told


class _GaveUp(Exception):
    """Git failed, or took too long; the text says which."""


class GitHistory:
    """The history of version folders in the repository that they lie in; see `repository_of`."""

    def __init__(self, program: str, folder: str, folders: Sequence[str], clock: Callable[[], float]) -> None:
        self._program = program
        self._folder = folder
        self._paths = [os.path.realpath(each) for each in folders]
        self._clock = clock
        self._until = clock() + LIMIT

    def find(self, revision: str) -> InGit:
        """What git knows of a revision, by its full identifier; bounded in time."""
        deleted: Commit | None = None
        branches: tuple[tuple[str, str], ...] = ()
        try:
            deleted = next(self._deletions(revision), None)
            branches = tuple(self._branches(revision))
        except _GaveUp as gave_up:
            return InGit(deleted, branches, str(gave_up))
        return InGit(deleted, branches)

    def _deletions(self, revision: str) -> Iterator[Commit]:
        """The commits that deleted a file of the revision, newest first."""
        fields = "%x01%H%x00%h%x00%cs%x00%an%x00%s%x00"
        arguments = ["--all", f"--max-count={_MOST_COMMITS}", "--diff-filter=D", f"-S{revision}", "--name-only", "-z"]
        told = self._run("log", *arguments, f"--format={fields}", "--", *self._paths)
        for commit in told.split("\x01")[1:]:
            name, short, date, author, subject, *paths = commit.split("\0")
            for path in (path.strip("\n") for path in paths):
                if path and self._defines(f"{name}^:{path}", path, revision):
                    yield Commit(short, date, author, subject, path)

    def _branches(self, revision: str) -> Iterator[tuple[str, str]]:
        """Branches with a file of the revision, the ones with the newest commits first."""
        listed = self._run(
            *("for-each-ref", "--sort=-committerdate", f"--count={_MOST_BRANCHES}", "--format=%(refname)"),
            *("refs/heads", "refs/remotes"),
        )
        names = listed.splitlines()
        if not names:
            return
        told = self._run("grep", "--full-name", "-l", "-z", "-F", "-e", revision, *names, "--", *self._paths, none=1)
        shown = 0
        for place in filter(None, told.split("\0")):
            name = next(name for name in names if place.startswith(f"{name}:"))
            path = place[len(name) + 1 :]
            if shown < _SHOWN and self._defines(f"{name}:{path}", path, revision):
                shown += 1
                yield name.removeprefix("refs/heads/").removeprefix("refs/remotes/"), path

    def _defines(self, place: str, path: str, revision: str) -> bool:
        """Whether a file of some commit is that of the revision, and does not merely name it."""
        content = self._run("cat-file", "blob", place).encode("utf-8", "surrogateescape")
        header = read_source(content, path, ()).header
        return header is not None and header.id == revision

    def _run(self, *arguments: str, none: int = 0) -> str:
        """What git prints; with the exit status `none`, nothing."""
        try:
            done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
                [self._program, "--literal-pathspecs", "-C", self._folder, *arguments],
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
                env=git_environment(False),
                timeout=max(0.0, self._until - self._clock()),
            )
        except subprocess.TimeoutExpired:
            raise _GaveUp(f"git did not answer within {LIMIT:.0f} s") from None
        if done.returncode not in (0, none):
            words = done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"exit status {done.returncode}"]
            raise _GaveUp(f"git {arguments[0]}: {words[0]}")
        return done.stdout.decode("utf-8", "surrogateescape")


def repository_of(folders: Sequence[str], *, clock: Callable[[], float] = time.monotonic) -> GitHistory | None:
    """The repository of version folders; None without one, or without git."""
    program = shutil.which("git")
    folder = next((each for each in map(_nearest, folders) if in_repository(each)), None)
    if program is None or folder is None:
        return None
    inside = [each for each in folders if _nearest(each) == folder or in_repository(_nearest(each))]
    return GitHistory(program, folder, inside, clock)


def _nearest(folder: str) -> str:
    """The folder, or the nearest above it that is there."""
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder

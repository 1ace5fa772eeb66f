"""Give files their new names, prove that nothing else changed, and take everything back when it did."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from limbeck.edit.refusals import shown
from limbeck.model.errors import LimbeckError, RenameStopped, UsageError

if TYPE_CHECKING:
    from limbeck.edit.git import GitFiles
    from limbeck.edit.rename_plan import Renaming
    from limbeck.graph import RevisionGraph
    from limbeck.model.revision import Revision


@dataclass(frozen=True, slots=True)
class Proof:
    """What was compared before and after, and found equal.

    Attributes:
        revisions: how many revisions the chain has.
        by_git: how many files were moved with `git mv`.
    """

    revisions: int
    by_git: int


@dataclass(slots=True)
class _Moves:
    """What has been done so far, to be taken back from the end."""

    git: GitFiles
    done: list[tuple[Renaming, bool]] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def make(self, renaming: Renaming) -> None:
        """Move one file, with `git mv` where git tracks it."""
        self._make_folder(os.path.dirname(renaming.target))
        if os.path.lexists(renaming.target) and not os.path.samefile(renaming.source, renaming.target):
            raise FileExistsError(17, "a file of that name has come meanwhile", renaming.target)
        by_git = self.git.tracks(renaming.source)
        if by_git:
            self.git.move(renaming.source, renaming.target)
        else:
            os.rename(renaming.source, renaming.target)
        self.done.append((renaming, by_git))

    def take_back(self) -> list[str]:
        """Move everything back; what could not be, as a list of paths where the files are now."""
        stuck = []
        while self.done:
            renaming, by_git = self.done.pop()
            try:
                if by_git:
                    self.git.move(renaming.target, renaming.source)
                else:
                    os.rename(renaming.target, renaming.source)
            except (OSError, LimbeckError):  # told by the caller, with the file's place
                stuck.append(renaming.target)
        for folder in reversed(self.folders):
            with contextlib.suppress(OSError):  # something else has come to lie in it
                os.rmdir(folder)
        return stuck

    def _make_folder(self, folder: str) -> None:
        if not os.path.isdir(folder):
            self._make_folder(os.path.dirname(folder))
            os.mkdir(folder)
            self.folders.append(folder)


def perform(
    renames: Sequence[Renaming], before: RevisionGraph, read_again: Callable[[], RevisionGraph], git: GitFiles
) -> Proof:
    """Rename the files, read the chain again, and compare it and every byte with what was there before.

    Args:
        before: the chain as it was read when the renaming was planned.
        read_again: reads the chain as it is now.

    Raises:
        UsageError: a file could not be moved, or the chain came out different; everything is back in its place.
        RenameStopped: the same, and some files could not be moved back; the message says which.
    """
    digests = _digests(before.revisions.values())
    moves = _Moves(git)
    try:
        for renaming in renames:
            moves.make(renaming)
        targets = {renaming.revision: renaming.target for renaming in renames}
        difference = what_changed(before, digests, read_again(), targets)
    except (OSError, LimbeckError) as error:
        reason = error.message if isinstance(error, LimbeckError) else f"{error.strerror}: {shown(str(error.filename))}"
        raise _taken_back(moves, f"the files could not be renamed: {reason}") from error
    except BaseException:
        stuck = moves.take_back()
        if stuck:
            raise _stuck("the renaming was interrupted", stuck) from None
        raise
    if difference is not None:
        raise _taken_back(moves, f"renaming would change more than names: {difference}")
    return Proof(len(before.revisions), sum(by_git for _, by_git in moves.done))


def what_changed(
    before: RevisionGraph, digests: Mapping[str, str], after: RevisionGraph, targets: Mapping[str, str]
) -> str | None:
    """The first thing that is not as it was, in words; None when only names are different.

    Args:
        digests: SHA-256 of every file as it was, by revision.
        targets: the new paths, by revision, of those that get one.
    """
    if set(before.revisions) != set(after.revisions):
        odd = sorted(set(before.revisions) ^ set(after.revisions))
        return f"revisions come or go: {', '.join(map(shown, odd))}"
    for identifier, old in before.revisions.items():
        expected = old._replace(path=targets.get(identifier, old.path))
        new = after.revisions[identifier]
        if new != expected:
            fields = ", ".join(name for name, a, b in zip(old._fields, expected, new, strict=True) if a != b)
            return f"{shown(identifier)} has another {fields}"
    if before.order != after.order:
        return "the order of execution"
    if Counter(fault.rule for fault in before.faults) != Counter(fault.rule for fault in after.faults):
        return "the faults of the chain"
    now = _digests(after.revisions.values())
    changed = [identifier for identifier, digest in digests.items() if now[identifier] != digest]
    return f"the content of {', '.join(map(shown, changed))}" if changed else None


def _digests(revisions: Iterable[Revision]) -> dict[str, str]:

    digests = {}
    for revision in revisions:
        with open(revision.path, "rb") as file:
            digests[revision.id] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def _taken_back(moves: _Moves, reason: str) -> UsageError | RenameStopped:
    stuck = moves.take_back()
    if stuck:
        return _stuck(reason, stuck)
    return UsageError(f"{reason}; every file is back under its old name", hint="limbeck rename")


def _stuck(reason: str, stuck: Sequence[str]) -> RenameStopped:
    places = ", ".join(map(shown, stuck))
    return RenameStopped(f"{reason}; these could not be moved back: {places}", hint="git status")

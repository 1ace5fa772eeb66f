"""The words of a renaming: where files lie, which get another name, which are left as they are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum


class DateSource(StrEnum):
    """Where the date in a name comes from."""

    FILE = "file"
    GIT = "git"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Renaming:
    """One file that gets another name; `source` and `target` are absolute paths."""

    revision: str
    source: str
    target: str
    dated: DateSource


@dataclass(frozen=True, slots=True)
class Left:
    """A file that does not follow the convention and cannot be given a name: why, and what to do about it."""

    revision: str
    path: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class RenamePlan:
    """What a renaming would do.

    Attributes:
        renames: in the order of the chain.
        left: files whose new name nothing tells.
        unchanged: how many files follow the convention already.
    """

    renames: tuple[Renaming, ...]
    left: tuple[Left, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where Alembic looks for revision files.

    Attributes:
        locations: the version locations, absolute.
        script_location: folder of `env.py`, absolute.
        recursive: sub-folders hold revision files too.
        sourceless: compiled files count without their source.
    """

    locations: tuple[str, ...]
    script_location: str
    recursive: bool = False
    sourceless: bool = False

    def home(self, path: str) -> str:
        """The version location that a file lies in, the innermost of several."""
        around = [place for place in self.locations if path.startswith(os.path.join(place, ""))]
        return max(around, key=len, default=os.path.dirname(path))

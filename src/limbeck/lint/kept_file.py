"""A file of JSON in the user's cache folder: what was measured or found, which is there again when it is asked for.

Its first line says what it is, and holds a digest of the rest.  A file that is missing, damaged, of another kind or
unwritable is as good as none, and nothing in it could run.
"""

from __future__ import annotations

import os

from limbeck.graph.cache import users_folder, write_whole
from limbeck.graph.files import hash_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


class KeptFile:
    """One such file; without a path, nothing is read and nothing written."""

    def __init__(self, path: str, what: str, ending: str) -> None:
        """Nothing is read yet.

        Args:
            what: what the file holds, and everything that decides whether it may be believed.
            ending: of the names of all files of that kind, the oldest of which go when there are many.
        """
        self.path = path
        self._what = what
        self._ending = ending

    def read(self) -> dict[str, Any]:
        """What it holds; empty when that is nothing, or not to be believed."""
        if not self.path:
            return {}
        try:
            with open(self.path, "rb") as file:
                head, _, body = file.read().partition(b"\n")
        except OSError:
            return {}  # there is none yet
        if head != self._head(body):
            return {}
        import json  # which an upgrade that only asks for names has no use for

        content = json.loads(body)
        return content if isinstance(content, dict) else {}

    def write(self, content: Mapping[str, Any]) -> None:
        """Put that in place of what it holds."""
        if self.path:
            import json

            body = json.dumps(content, separators=(",", ":")).encode()
            write_whole(self.path, self._head(body) + b"\n" + body, self._ending)

    def _head(self, body: bytes) -> bytes:
        return f"{self._what}\t{digest_of(body)}".encode(errors="surrogateescape")


def kept_path(named_by: Sequence[str], ending: str, folder: str = "") -> str:
    """The path of a file; empty without a place for it.

    Args:
        named_by: what tells it from others with that ending.
        folder: where it is; the user's own cache folder when it is empty.
    """
    place = folder or users_folder()
    return os.path.join(place, f"{name_of(named_by)}{ending}") if place else ""


def name_of(parts: Sequence[str]) -> str:
    """A short name that stands for all of these."""
    return digest_of("\x1f".join(parts).encode(errors="surrogateescape"))[:32]


def digest_of(*parts: bytes) -> str:
    """One digest of several texts."""
    return hash_for(1)(b"\x1f".join(parts)).hexdigest()[:40]


def content_of(path: str) -> bytes:
    """The bytes of a file; words that tell why, when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        return f"unreadable: {error.strerror}".encode()

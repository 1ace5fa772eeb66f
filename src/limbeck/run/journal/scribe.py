"""What is the same in every row of one command, and how it is put into words for them."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import alembic

from limbeck import __version__
from limbeck.model.record import NamedTuple

if TYPE_CHECKING:
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import Step
    from limbeck.model.process import Process

_WINDOW, _MEMORY = 12, 5  # of zlib: to clear what it takes by default is half the work for a file of two kilobytes
_LARGEST = 1 << 20  # bytes of a compressed file; a larger one has its fingerprint alone


class Opening(NamedTuple):
    """The beginning of a step, as it is written down; without a journal it has no more than its number.

    Attributes:
        number: of the step in its run.
        step: what begins.
        fingerprint: SHA-256 of its file, in hexadecimal.
        source: its file, compressed; None when it is not kept.
        parents: of its revision, in JSON.
        detail: its message and path, in JSON.
    """

    number: int
    step: Step
    fingerprint: str | None = None
    source: bytes | None = None
    parents: str | None = None
    detail: str | None = None


class Scribe(NamedTuple):
    """What the recorders of one command share.

    Attributes:
        process: who runs.
        masked: takes passwords out of a text.
        graph: the project's revisions.
        root: the project's folder.
        clock: seconds from an arbitrary start, with which runs are timed.
    """

    process: Process
    masked: Callable[[str], str]
    graph: RevisionGraph
    root: str
    clock: Callable[[], float]

    def path(self, step: Step) -> str:
        """Of the step's file."""
        return self.graph.revisions[step.revision].path

    def content(self, step: Step) -> bytes:
        """The step's file as it is now."""
        with open(self.path(step), "rb") as file:
            return file.read()

    def opening(self, number: int, step: Step, content: bytes) -> Opening:
        """How a step begins.

        Args:
            number: of the step in its run.
            content: of its file.
        """
        revision = self.graph.revisions[step.revision]
        told = {
            "message": revision.message.partition("\n")[0],
            "path": revision.path.removeprefix(os.path.join(self.root, "")),
        }
        return Opening(
            number,
            step,
            hashlib.sha256(content).hexdigest(),
            self._compressed(content) if revision.path.endswith(".py") else None,
            json.dumps(list(revision.parents)),
            self.detail(told),
        )

    def _compressed(self, content: bytes) -> bytes | None:
        """The file as it is kept: not at all when it is too large, or holds a password."""
        words = content.decode("utf-8", "replace")
        if self.masked(words) != words:
            return None
        compress = zlib.compressobj(1, zlib.DEFLATED, _WINDOW, _MEMORY)
        source = compress.compress(content) + compress.flush()
        return source if 0 < len(source) <= _LARGEST else None

    def who(self, database_user: str | None) -> dict[str, Any]:
        """The columns that tell who runs, and with what."""
        process = self.process
        return {
            "who": process.user,
            "database_user": database_user,
            "host": process.host,
            "pid": process.pid,
            "limbeck": __version__,
            "alembic": alembic.__version__,
        }

    def detail(self, told: dict[str, Any]) -> str:
        """What stands in `detail`, without passwords."""
        masked = self.masked
        return json.dumps({name: masked(value) if isinstance(value, str) else value for name, value in told.items()})

"""A process that proves a share of a chain: on what and what to do comes on standard input, and then what another
process has recorded of the revisions; results go out on standard output.

It ends with its parent: when standard input ends, nobody wants the results any more.
"""

from __future__ import annotations

import os
import pickle
import threading
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from limbeck.model.errors import LimbeckError, OtherDialect
from limbeck.verify.proof.arriving import Arrived, ArrivingRecordings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.verify.proof.course import Course
    from limbeck.verify.proof.recordings import Recordings
    from limbeck.verify.proof.rendered import Rendered
    from limbeck.verify.proof.trip import Failed, Trip

_ORPHANED = 130
_LENGTH = 8  # bytes before each message that tell how long it is


class Part(Enum):
    """A part of the proof of a chain."""

    SHARE = "some of its revisions"
    SQL = "the chain as SQL"
    RECORDINGS = "what its revisions issue"
    ROUTE = "the whole chain, played"


class Ground(NamedTuple):
    """What all workers work on.

    Attributes:
        states: digests of the states of the chain, as `Course` wants them.
        address: of the scratch server, for libpq.
        url: that of a database named NAME, for SQLAlchemy.
        databases: the project's part of the names of its databases.
        mark: what the names of its working databases begin with, by which its parent can drop them.
        server: the version of the server.
        recordings: what is known of what revisions issue.
        rows: whether tables are given rows.
    """

    project: Project
    graph: RevisionGraph
    states: tuple[str, ...]
    address: str
    url: str
    databases: str
    mark: str
    server: str
    recordings: Recordings
    rows: bool
    logging_of_project: bool


class Task(NamedTuple):
    """What a worker does.

    Attributes:
        parts: what of the proof, one after the other.
        wanted: the revisions to prove.
        recordings: what is known of what revisions issue, where that is more than was known when it was started.
        are_arriving: whether more recordings come, on standard input.
        rendered, bodies: what `--sql` is known to write; empty when it has to be rendered.
    """

    parts: tuple[Part, ...]
    wanted: tuple[str, ...] = ()
    recordings: Recordings | None = None
    are_arriving: bool = False
    rendered: tuple[Rendered, ...] = ()
    bodies: Mapping[str, str] = {}


NAME = "limbeck_name_of_a_database"


class Refused(NamedTuple):
    """Limbeck cannot go on, and why."""

    message: str
    hint: str | None
    other_dialect: bool


class Done(NamedTuple):
    """Everything that can be proved has been."""


def main(ground: Ground | None = None) -> None:
    """Work.

    Args:
        ground: where it need not come on standard input.
    """
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the project prints is not for our parent
    _import()
    ground = ground or _received()
    task: Task = _received()
    known = ground.recordings if task.recordings is None else task.recordings
    arriving = ArrivingRecordings(known)
    threading.Thread(target=_hear, args=(arriving,), daemon=True).start()
    try:
        _prove(task, ground, arriving if task.are_arriving else known, out)
    except LimbeckError as error:
        _send(out, Refused(error.message, error.hint, isinstance(error, OtherDialect)))
    else:
        _send(out, Done())
    out.close()


def _import() -> None:
    """What takes time, before there is anything to do."""
    from limbeck.verify.proof import course  # noqa: F401


def _hear(arriving: ArrivingRecordings) -> None:
    """Take what arrives, and end with our parent."""
    while True:
        arrived: Arrived = _received()
        arriving.take(arrived)


def framed(message: object) -> bytes:
    """A message as it is written to a worker."""
    text = pickle.dumps(message)
    return len(text).to_bytes(_LENGTH, "big") + text


def _received() -> Any:
    return pickle.loads(_read(int.from_bytes(_read(_LENGTH), "big")))  # noqa: S301 - our parent wrote it


def _read(length: int) -> bytes:
    # Not through a file, whose lock Python wants when it ends while another thread still reads.
    text = bytearray()
    while len(text) < length:
        part = os.read(0, length - len(text))
        if not part:
            os._exit(_ORPHANED)
        text += part
    return bytes(text)


def _send(out: BinaryIO, message: Any) -> None:
    try:
        pickle.dump(message, out)
        out.flush()
    except BrokenPipeError:
        os._exit(_ORPHANED)  # our parent has ended


def _play_route(course: Course, out: BinaryIO) -> None:
    """The whole chain, as if there were a way back behind each revision; if there is not, nothing is told."""
    rendition = course.rendition
    with rendition.playing(course.recordings, lambda _: True):
        pass
    if rendition.route is not None:
        _send(out, rendition.route)


def _prove(task: Task, ground: Ground, recordings: Recordings, out: BinaryIO) -> None:
    from limbeck.lint.rehearse.databases import Databases
    from limbeck.verify.check import all_checks
    from limbeck.verify.judge import Judge
    from limbeck.verify.proof.course import Course
    from limbeck.verify.result import Judging

    judging = Judging(ground.graph, Judge(ground.graph, all_checks(), ground.server))
    wanted = frozenset(task.wanted)

    def url(name: str) -> str:
        return ground.url.replace(NAME, name)

    def told(seen: Trip | Failed) -> None:
        if seen.revision in wanted:  # what stops us on the way is another's to tell
            _send(out, judging.result(seen, course.recordings))

    with Databases(ground.address, url, ground.databases, mark=ground.mark) as databases:
        course = Course(
            ground.project,
            ground.graph,
            databases,
            ground.states,
            rows=ground.rows,
            logging_of_project=ground.logging_of_project,
        )
        course.recordings = recordings
        course.rendition.rendered, course.rendition.bodies = task.rendered, task.bodies
        for part in task.parts:
            match part:
                case Part.SHARE:
                    course.prove(task.wanted, told)
                case Part.SQL:
                    _send(out, course.rendition.as_sql(course.recordings))
                case Part.RECORDINGS:
                    course.record(lambda arrived: _send(out, arrived))
                    _send(out, Arrived(is_last=True))
                case Part.ROUTE:
                    _play_route(course, out)

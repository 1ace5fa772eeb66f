"""A process that proves a share of a chain: what to do comes on standard input, results go out on standard output.

It ends with its parent: when standard input ends, nobody wants the results any more.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from limbeck.model.errors import LimbeckError, OtherDialect

if TYPE_CHECKING:
    from typing import BinaryIO

    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.verify.proof.recordings import Recorded
    from limbeck.verify.proof.trip import Failed, Trip

_ORPHANED = 130


class Task(NamedTuple):
    """What a worker does.

    Attributes:
        wanted: the revisions to prove; none to render the chain as SQL.
        states: digests of the states of the chain, as `Course` wants them.
        address: of the scratch server, for libpq.
        url: that of a database named NAME, for SQLAlchemy.
        databases: the project's part of the names of its databases.
        mark: what the names of its working databases begin with, by which its parent can drop them.
        server: the version of the server.
        recorded: what is known of earlier of what revisions issue.
    """

    project: Project
    graph: RevisionGraph
    wanted: tuple[str, ...]
    states: tuple[str, ...]
    address: str
    url: str
    databases: str
    mark: str
    server: str
    recorded: Recorded
    logging_of_project: bool


NAME = "limbeck_name_of_a_database"


class Refused(NamedTuple):
    """Limbeck cannot go on, and why."""

    message: str
    hint: str | None
    other_dialect: bool


class Done(NamedTuple):
    """Everything that can be proved has been."""


def main() -> None:
    """Work."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the project prints is not for our parent
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - our parent wrote it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _prove(task, out)
    except LimbeckError as error:
        _send(out, Refused(error.message, error.hint, isinstance(error, OtherDialect)))
    else:
        _send(out, Done())
    out.close()


def _end_with_parent() -> None:
    # Not through sys.stdin, whose lock Python wants when it ends while this still reads.
    while os.read(0, 1):
        pass
    os._exit(_ORPHANED)


def _send(out: BinaryIO, message: Any) -> None:
    pickle.dump(message, out)
    out.flush()


def _prove(task: Task, out: BinaryIO) -> None:
    from limbeck.lint.rehearse.databases import Databases
    from limbeck.verify.check import all_checks
    from limbeck.verify.judge import Judge
    from limbeck.verify.proof.course import Course
    from limbeck.verify.result import Judging

    judging = Judging(task.graph, Judge(task.graph, all_checks(), task.server))
    wanted = frozenset(task.wanted)

    def url(name: str) -> str:
        return task.url.replace(NAME, name)

    def told(seen: Trip | Failed) -> None:
        if seen.revision in wanted:  # what stops us on the way is another's to tell
            _send(out, judging.result(seen, course.recordings))

    with Databases(task.address, url, task.databases, mark=task.mark) as databases:
        course = Course(task.project, task.graph, databases, task.states, logging_of_project=task.logging_of_project)
        course.recordings.update(task.recorded)
        if task.wanted:
            course.prove(task.wanted, told)
        else:
            _send(out, course.as_sql(task.graph.order))

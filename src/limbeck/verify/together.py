"""Revisions proved by several processes, each with scratch databases of its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from limbeck.verify.shares import shares
from limbeck.verify.worker import NAME, Ground, Part, Task
from limbeck.verify.workers import Workers

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.lint.rehearse.databases import Databases
    from limbeck.verify.proof.course import Course
    from limbeck.verify.result import Result


def prove_together(
    stack: ExitStack,
    project: Project,
    graph: RevisionGraph,
    databases: Databases,
    states: Sequence[str],
    unknown: Sequence[str],
    count: int,
    course: Course,
    own: Callable[[Sequence[str], Callable[[], None]], None],
    take: Callable[[Result], None],
    *,
    whole: bool,
    logging_of_project: bool,
) -> None:
    """Prove shares of a chain in processes of their own, while this one proves another.

    Args:
        stack: when it is left, no process and no database of theirs is left; until then, they have time to end.
        states: digests of the states of the chain.
        unknown: the revisions that are to be proved.
        count: of processes that work, this one too; where it is not known what the revisions issue, one records that,
            and where it is, one plays the whole chain before it proves.
        course: this process's; it is told of the whole chain what the others do of it.
        own: proves a share, and calls what it is given after each revision.
        take: called with each result of the others.
        whole: whether the chain is proved as SQL and as a whole, too.

    Raises:
        ProcessLost: a process has ended before its work.
        LimbeckError: one cannot go on.
    """
    mark = secrets.token_hex(4)
    ground = Ground(
        project,
        graph,
        tuple(states),
        databases.address,
        databases.url(NAME),
        databases.project,
        mark,
        databases.version,
        course.recordings,
        course.rows,
        logging_of_project,
    )
    stack.callback(databases.drop_marked, mark)
    workers = stack.enter_context(Workers(take, course))
    to_record = course.is_worth_recording(len(unknown))
    to_play = whole and course.can_be_played
    as_sql = (Part.SQL,) if whole and not course.rendition.settle(course.recordings) else ()
    proving = max(1 + to_play, min(count, len(unknown)) - to_record)
    before = course.playing * len(graph.order) if to_play else 0
    own_share, *others = shares(unknown, proving, course.passing(to_record=to_record), before)
    parts = [(Part.SHARE,) if share else () for share in others]
    if to_play:
        parts[0] = (Part.ROUTE, *parts[0])
    workers.start(sum(map(bool, parts)) + bool(as_sql or to_record) + (to_record and whole), ground)
    for share, each in zip(others, parts, strict=True):
        if each:
            workers.give(Task(each, share, are_arriving=to_record))

    def play() -> None:
        if whole and course.can_be_played:
            workers.give(Task((Part.ROUTE,), recordings=course.recordings))

    of_sql = Task(as_sql, rendered=course.rendition.rendered, bodies=course.rendition.bodies)
    if to_record:  # behind those who are to hear all of it; and to import Alembic takes long
        workers.record(of_sql._replace(parts=(Part.RECORDINGS, *as_sql)), play)
        course.recordings = workers.arriving
    elif as_sql:
        workers.give(of_sql)
    own(own_share, workers.take_what_came)
    workers.wait()

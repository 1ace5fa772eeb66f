"""Revisions proved by several processes, each with scratch databases of its own."""

from __future__ import annotations

import pickle
import secrets
from collections.abc import Callable, Sequence
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

_MANY = 4  # processes


def prove_together(
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
    """Prove shares of a chain in processes of their own, while this one proves another; at its end, no process and no
    database of theirs is left.

    Args:
        states: digests of the states of the chain.
        unknown: the revisions that are to be proved.
        count: of processes that work, this one too; where it is not known what the revisions issue, one records that,
            and where it is, one of many plays the whole chain.
        course: this process's; it is told of the whole chain what the others do of it.
        own: proves a share, and calls what it is given after each revision.
        take: called with each result of the others.
        whole: whether the chain is proved as SQL and as a whole, too.

    Raises:
        ProcessLost: a process has ended before its work.
        LimbeckError: one cannot go on.
    """
    mark = secrets.token_hex(4)

    def ground() -> bytes:
        return pickle.dumps(
            Ground(
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
        )

    def task(known: bytes, *parts: Part, wanted: tuple[str, ...] = (), are_arriving: bool = False) -> Task:
        of_sql = (course.rendition.rendered, course.rendition.bodies) if Part.SQL in parts else ((), {})
        return Task(parts, known, wanted, are_arriving, *of_sql)

    try:
        with Workers(take, course) as workers:
            to_record = course.is_worth_recording(len(unknown))
            # To play the whole chain takes one of many less time than another share would take the others.
            beside = to_record or (whole and course.can_be_played and count >= _MANY)
            proving = max(1, min(count, len(unknown)) - beside)
            as_sql = (Part.SQL,) if whole and not course.rendition.is_known(course.recordings) else ()
            workers.start(proving - 1 + whole + bool(as_sql or to_record))
            known = ground()

            def play(known: bytes) -> None:
                if whole and course.can_be_played:
                    workers.give(task(known, Part.ROUTE))

            share, *others = shares(unknown, proving, course.passing(to_record=to_record))
            for wanted in others:
                workers.give(task(known, Part.SHARE, wanted=wanted, are_arriving=to_record))
            if to_record:  # behind those who are to hear all of it; and to import Alembic takes long
                workers.record(task(known, Part.RECORDINGS, *as_sql), lambda: play(ground()))
                course.recordings = workers.arriving
            else:
                if as_sql:
                    workers.give(task(known, *as_sql))
                play(known)
            own(share, workers.take_what_came)
            workers.wait()
    finally:
        databases.drop_marked(mark)

"""Revisions proved by several processes, each with scratch databases of its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from limbeck.verify.worker import NAME, Task
from limbeck.verify.workers import Workers

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.lint.rehearse.databases import Databases
    from limbeck.verify.proof.recordings import Recorded
    from limbeck.verify.proof.rendered import AsSql
    from limbeck.verify.result import Result


def prove_together(
    project: Project,
    graph: RevisionGraph,
    databases: Databases,
    states: Sequence[str],
    others: Sequence[tuple[str, ...]],
    recorded: Recorded,
    own: Callable[[Callable[[], None]], None],
    take: Callable[[Result], None],
    take_sql: Callable[[AsSql], None],
    *,
    logging_of_project: bool,
) -> None:
    """Prove shares of a chain in processes of their own, while this one proves another; at its end, no process and no
    database of theirs is left.

    Args:
        states: digests of the states of the chain.
        others: the shares; an empty one is that of the chain as SQL.
        recorded: what is known of earlier.
        own: proves this process's share, and calls what it is given after each revision.
        take: called with each result of the others.
        take_sql: called with the chain as SQL.

    Raises:
        ProcessLost: a process has ended before its work.
        LimbeckError: one cannot go on.
    """
    mark = secrets.token_hex(4)
    tasks = [
        Task(
            project,
            graph,
            wanted,
            tuple(states),
            databases.address,
            databases.url(NAME),
            databases.project,
            mark,
            databases.version,
            dict(recorded),
            logging_of_project,
        )
        for wanted in others
    ]
    try:
        with Workers(tasks, take, take_sql) as workers:
            own(workers.take_what_came)
            workers.wait()
    finally:
        databases.drop_marked(mark)

"""The version table, set without running a revision."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.read_back import rows_on_another_connection, rows_seen_by
from limbeck.environment.steps import stamp_steps
from limbeck.graph import resolve
from limbeck.model.errors import UsageError
from limbeck.model.plan import DatabaseState
from limbeck.plan import refuse_unknown_rows
from limbeck.run.journal import Scribe, recorder
from limbeck.run.lock import alone_with

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

    from limbeck.environment.configuration import Project
    from limbeck.environment.reached import Reached
    from limbeck.environment.second_connection import SecondConnection
    from limbeck.graph import RevisionGraph
    from limbeck.run.options import RunOptions


def stamp(
    environment: AlembicEnvironment,
    graph: RevisionGraph,
    targets: Sequence[str],
    options: RunOptions,
    remark: Callable[[str], None],
    *,
    purge: bool,
    check: Callable[[MigrationContext, SecondConnection], None] | None = None,
) -> list[tuple[DatabaseState, DatabaseState]]:
    """Stamp every database of the project.

    Args:
        remark: is told of a wait for another run.
        check: called under the run lock, before anything is written; it raises to refuse.

    Returns:
        of each database the state before, and the state that another connection sees after.

    Raises:
        UnknownRevision: a target names no revision.
        ChainBroken: the table holds a revision that no file has; `purge` gets past that.
    """
    before: list[DatabaseState] = []
    reached_ones: list[Reached] = []
    process = options.process
    scribe = Scribe(process, environment.masked, graph, environment.project.root, process.clock)
    for target in targets:
        resolve(graph, target)

    def work(reached: Reached) -> Iterable[Any]:
        if not purge:
            refuse_unknown_rows(graph, reached.state, hint="limbeck stamp --purge empties the table first")
            before.append(reached.state)
        reached_ones.append(reached)
        return stamp_steps(environment.script, targets, () if purge else reached.state.rows)

    if purge:
        # Alembic empties the table before it says what was in it.
        with environment.reach() as databases:
            before = [reached.state for reached in databases]

    @contextmanager
    def around(context: MigrationContext) -> Iterator[None]:
        number = len(reached_ones)
        with alone_with(context, options, remark) as second:
            if check is not None and second is not None:
                check(context, second)
            yield
            if second is not None and len(reached_ones) > number:
                rows = before[number].rows, rows_seen_by(second, context)
                if rows[0] != rows[1]:
                    recorder(scribe, context, second, options.journal, remark).stamped(" ".join(targets), *rows)

    environment.run(work, around=around, purge=purge)
    changes = []
    for number, reached in enumerate(reached_ones):
        found = rows_on_another_connection(reached)
        after = reached.state if found is None else reached.state._replace(rows=found)
        changes.append((before[number], after))
    return changes


def stamp_sql(
    project: Project, graph: RevisionGraph, targets: Sequence[str], *, address: str | None, tag: str | None
) -> str:
    """The SQL of a stamp from base, or from START in `START:TARGET`, as Alembic writes it."""
    start, _, end = targets[0].rpartition(":")
    if len(targets) > 1 and start:
        raise UsageError("START:TARGET takes a single target", hint=f"limbeck stamp --sql {targets[0]}")
    wanted = [end, *targets[1:]]
    for target in wanted:
        resolve(graph, target)
    buffer = io.StringIO()
    with AlembicEnvironment(project, address=address, tag=tag) as environment:
        environment.config.output_buffer = buffer

        def work(reached: Reached) -> Iterable[Any]:
            return stamp_steps(environment.script, wanted, reached.state.rows)

        environment.run(work, as_sql=True, starting_rev=start or None, destination_rev=wanted)
    return buffer.getvalue()

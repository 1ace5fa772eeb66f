"""Making a Plan, and telling whether it still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from limbeck.graph import RevisionGraph, downgrade_route, rows_along, upgrade_route
from limbeck.model.errors import ChainBroken
from limbeck.model.plan import DatabaseState, Direction, Plan, Step


def make_plan(graph: RevisionGraph, state: DatabaseState, direction: Direction, target: str) -> Plan:
    """The plan from where the database is to the target.

    Args:
        target: any identifier that Alembic takes (`head`, `+2`, `label@head`, …).

    Raises:
        UnknownRevision: the target names no revision, or several where one is wanted.
        ChainBroken: the database holds a revision that no file has, or the files on the way are at fault.
    """
    refuse_unknown_rows(graph, state)
    route = (upgrade_route if direction is Direction.UPGRADE else downgrade_route)(graph, state.rows, target)
    rows = state.rows
    for after in rows_along(graph, rows, route, direction.value):
        rows = after
    steps = tuple(Step(revision, direction) for revision in route)
    return Plan(state.rows, tuple(sorted(rows)), steps, _digest(graph, state.rows, steps), state.name)


def refuse_unknown_rows(graph: RevisionGraph, state: DatabaseState, hint: str | None = None) -> None:
    """Raise ChainBroken when the version table holds a revision that no file has."""
    unknown = [row for row in state.rows if row not in graph.revisions]
    if unknown:
        where = f"{state.name} " if state.name else ""
        raise ChainBroken(
            f"the database {where}is at {', '.join(unknown)}, and no file has that revision",
            hint=hint or "newer files made it, or its file was deleted: bring the file back, or see `limbeck match`",
        )


def with_statements(plan: Plan, steps: Iterable[Step]) -> Plan:
    """The plan with its steps' SQL filled in."""
    return plan._replace(steps=tuple(steps))


def _digest(graph: RevisionGraph, start: Sequence[str], steps: Sequence[Step]) -> str:
    digest = hashlib.sha256()
    digest.update(repr(sorted(start)).encode())
    for step in steps:
        with open(graph.revisions[step.revision].path, "rb") as file:
            content = hashlib.sha256(file.read()).hexdigest()
        digest.update(f"\n{step.direction} {step.revision!r} {content}".encode())
    return digest.hexdigest()

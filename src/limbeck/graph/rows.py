"""The rows of the version table: after one step up or down, and after a stamp.

A row stands for a revision that nothing else applied stands on; what other rows imply has none.
"""

from __future__ import annotations

from limbeck.graph.identifiers import every, on_line, require, several
from limbeck.graph.links import reach
from limbeck.model.errors import UnknownRevision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from typing import Literal

    from limbeck.graph.graph import RevisionGraph

    Ids = tuple[str, ...]


def heads_after(
    graph: RevisionGraph, current: Sequence[str], revision: str, direction: Literal["upgrade", "downgrade"] | str
) -> Ids:
    """The rows after one revision has run; a row that changes keeps its place.

    Args:
        current: the rows before.
        revision: full identifier of the revision that runs.
        direction: `upgrade` or `downgrade`.

    Raises:
        UnknownRevision: Alembic could not take that step from these rows.
    """
    if revision not in graph.revisions:
        raise UnknownRevision(f"no such revision: {revision}", hint="limbeck history")
    rows = list(dict.fromkeys(current))
    down = graph.links.down[revision]
    if direction == "upgrade":
        return _stepped_up(graph, rows, revision, down)
    return _stepped_down(graph, rows, revision, down)


def _stepped_up(graph: RevisionGraph, rows: list[str], revision: str, down: Ids) -> Ids:
    present = [row for row in rows if row in down]
    if not present:
        return _added(rows, (revision,))
    if len(present) == 1:
        return _replaced(rows, present, revision)
    others = [row for row in rows if row not in down]
    merged: Collection[str] = down
    if others:
        implied = reach(every(graph, others), graph.links.down)
        merged = [old for old in down if old not in implied]
    return _replaced(rows, merged, revision)


def _stepped_down(graph: RevisionGraph, rows: list[str], revision: str, down: Ids) -> Ids:
    if revision not in rows:
        raise _impossible(rows, f"{revision} has no row to take back")
    if not down:
        return tuple(row for row in rows if row != revision)
    others = [row for row in rows if row != revision]
    if others:
        implied = reach(every(graph, others), graph.links.down)
    else:
        edges = graph.links.down
        implied = {older for old in down for older in reach(edges[old], edges)}
    uncovered = tuple(old for old in down if old not in implied)
    if not uncovered:
        return tuple(others)
    if len(down) == 1:
        return _replaced(rows, (revision,), down[0])
    at = rows.index(revision)
    return _added([*rows[:at], uncovered[0], *rows[at + 1 :]], uncovered[1:])


def stamped_heads(graph: RevisionGraph, current: Sequence[str], target: str | Sequence[str]) -> Ids:
    """The rows after `alembic stamp target`.

    Args:
        current: the rows before; `stamp --purge` begins with none.
        target: a symbol, or several.

    Raises:
        UnknownRevision: a row or a target is not a revision, or Alembic could not take that step.
        ChainBroken: the chain has a fault.
    """
    graph.require_sound()
    targets = (target,) if isinstance(target, str) else tuple(target)
    before = every(graph, current)
    rows = list(dict.fromkeys(current))
    on_lines: dict[str, None] = {}
    for name in targets or ("base",):
        if name:
            on_lines.update((require(r, name), None) for r in on_line(graph, before, name, with_needs=True))
    concerned = list(on_lines)
    goals = several(graph, targets or "base") or (None,)
    for goal in goals:
        if goal is None:
            for row in concerned:
                rows = list(_removed(rows, row))
        elif goal not in on_lines:
            rows = list(_stamped(graph, rows, concerned, require(goal, target)))
    return tuple(rows)


def _stamped(graph: RevisionGraph, rows: list[str], concerned: list[str], goal: str) -> Ids:
    """The rows after a stamp that moves the rows concerned to one goal, or adds it."""
    links = graph.links
    newer = reach((goal,), links.followers).intersection(concerned)
    older = reach((goal,), links.down).intersection(concerned)
    if newer and older:
        raise _impossible(rows, f"{goal} lies between them")
    if not newer and not older:
        return _added(rows, (goal,))
    if older and goal not in rows and any(row not in rows for row in concerned):
        return _added(rows, (goal,))
    return _replaced(rows, concerned, goal)


def _added(rows: list[str], new: Iterable[str]) -> Ids:
    new = tuple(new)
    for row in new:
        if row in rows:
            raise _impossible(rows, f"{row} has a row already")
    return (*rows, *new)


def _removed(rows: list[str], row: str) -> Ids:
    if row not in rows:
        raise _impossible(rows, f"{row} has no row")
    return tuple(other for other in rows if other != row)


def _replaced(rows: list[str], olds: Collection[str], new: str) -> Ids:
    """The rows with one of the olds turned into the new one, and the others gone."""
    if new in rows:
        raise _impossible(rows, f"{new} has a row already")
    missing = [old for old in olds if old not in rows]
    if missing or not olds:
        raise _impossible(rows, f"{', '.join(missing) or new} has no row to start from")
    at = min(rows.index(old) for old in olds)
    return tuple(new if place == at else row for place, row in enumerate(rows) if place == at or row not in olds)


def _impossible(rows: Sequence[str], why: str) -> UnknownRevision:
    return UnknownRevision(
        f"alembic cannot take this step from {', '.join(rows) or 'an empty version table'}: {why}",
        hint="limbeck current",
    )

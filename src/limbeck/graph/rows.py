"""The rows of the version table: after one step up or down, and after a stamp.

A row stands for a revision that nothing else applied stands on; what other rows imply has none.
"""

from __future__ import annotations

from limbeck.graph.identifiers import every, on_line, require, several
from limbeck.graph.links import reach
from limbeck.model.errors import UnknownRevision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
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
    return next(rows_along(graph, current, (revision,), direction))


def rows_along(
    graph: RevisionGraph,
    current: Sequence[str],
    route: Iterable[str],
    direction: Literal["upgrade", "downgrade"] | str,
) -> Iterator[Ids]:
    """The rows after each revision of a route, in time that is proportional to its length.

    Arguments and errors are those of `heads_after`.
    """
    rows = _Rows(graph, current)
    for revision in route:
        if revision not in graph.revisions:
            raise UnknownRevision(f"no such revision: {revision}", hint="limbeck history")
        yield rows.stepped_up(revision) if direction == "upgrade" else rows.stepped_down(revision)


class _Rows:
    """The rows while one revision after another runs.

    Where a revision is taken back, the older ones that it names get rows, unless other rows stand on them.  Alembic
    collects all that the other rows stand on anew at every step.  Here it is counted once, for every revision, how many
    of the applied ones name it, and the counts are kept up to date.
    """

    def __init__(self, graph: RevisionGraph, rows: Sequence[str]) -> None:
        self._graph = graph
        self._down = graph.links.down
        self._rows: Ids = tuple(dict.fromkeys(rows))
        self._applied: set[str] | None = None  # the rows, and everything that they stand on; counted when it is needed
        self._named: dict[str, int] = {}  # how many of the applied revisions name this one

    def stepped_up(self, revision: str) -> Ids:
        """The rows after the revision's upgrade."""
        down, rows = self._down[revision], list(self._rows)
        present = [row for row in rows if row in down]
        if not present:
            self._rows = _added(rows, (revision,))
        elif len(present) == 1:
            self._rows = _replaced(rows, present, revision)
        else:
            others = [row for row in rows if row not in down]
            merged = [old for old in down if not self._stood_on(old, others, revision)] if others else down
            self._rows = _replaced(rows, merged, revision)
        self._apply((revision,))
        return self._rows

    def stepped_down(self, revision: str) -> Ids:
        """The rows after the revision's downgrade."""
        down, rows = self._down[revision], list(self._rows)
        if revision not in rows:
            raise _impossible(rows, f"{revision} has no row to take back")
        others = [row for row in rows if row != revision]
        alone = not others and len(down) < 2
        uncovered = down if alone else tuple(old for old in down if not self._stood_on(old, others, revision))
        if not uncovered:
            self._rows = tuple(others)
        elif len(down) == 1:
            self._rows = _replaced(rows, (revision,), down[0])
        else:
            at = rows.index(revision)
            self._rows = _added([*rows[:at], uncovered[0], *rows[at + 1 :]], uncovered[1:])
        self._take_back(revision)
        return self._rows

    def _stood_on(self, old: str, others: list[str], revision: str) -> bool:
        """Whether rows other than the revision's own stand on one of the older ones that it names.

        Where there are no others, whether another older one that it names stands on it.
        """
        if self._applied is None:
            self._applied = set()
            self._apply(every(self._graph, self._rows))
        named = self._named.get(old, 0) - (revision in self._applied and not self._named.get(revision, 0))
        if not named and old not in others and all(row in self._graph.revisions for row in others):
            return False
        if not others or (named and len(self._down[revision]) == 1):
            return bool(named)
        return old in reach(every(self._graph, others), self._down)

    def _apply(self, revisions: Iterable[str]) -> None:
        """Count the revisions, and what they stand on, as applied."""
        if self._applied is None:
            return
        todo = list(revisions)
        while todo:
            revision = todo.pop()
            if revision not in self._applied:
                self._applied.add(revision)
                for old in self._down[revision]:
                    self._named[old] = self._named.get(old, 0) + 1
                    todo.append(old)

    def _take_back(self, revision: str) -> None:
        """Count the revision as applied no more, unless other rows stand on it."""
        if self._applied is not None and revision in self._applied and not self._named.get(revision, 0):
            self._applied.discard(revision)
            for old in self._down[revision]:
                self._named[old] -= 1


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

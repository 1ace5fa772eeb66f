"""Routes: which revisions run, and in which order, from where a database is to a target.

The same revisions in the same order as Alembic's, and the same refusals.
"""

from __future__ import annotations

from limbeck.graph.applied import applied
from limbeck.graph.identifiers import BASE, every, known, require, several, shown, single
from limbeck.graph.links import reach
from limbeck.graph.order import newest_first
from limbeck.graph.targets import downgrade_target, upgrade_targets
from limbeck.model.errors import ChainBroken, UnknownRevision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from limbeck.graph.graph import RevisionGraph
    from limbeck.graph.identifiers import Base

    Ids = tuple[str, ...]
    Symbol = str | Sequence[str] | None


def upgrade_route(graph: RevisionGraph, current: Sequence[str], target: str | Sequence[str]) -> Ids:
    """The revisions that `alembic upgrade` would run, in that order.

    Args:
        current: the rows of the version table.
        target: what to upgrade to: a symbol, something relative (`+2`, `abc+1`), or several of them.

    Raises:
        UnknownRevision: the target is not one, or cannot be reached.
        ChainBroken: the chain has a fault, or a revision on the way has no `upgrade`.
    """
    graph.require_sound()
    if _is_at(graph, current, target):
        return ()
    wanted, targets, _ = _to_upgrade(graph, target, tuple(current), from_base=True)
    route = newest_first(graph.links, wanted, targets)
    route.reverse()
    _require_function(graph, route, graph.without_upgrade, "upgrade")
    return tuple(route)


def downgrade_route(graph: RevisionGraph, current: Sequence[str], target: str) -> Ids:
    """The revisions whose `downgrade` `alembic downgrade` would run, in that order.

    Args:
        current: the rows of the version table.
        target: a symbol, `base`, `-2`, `abc-1` or `billing@base`.

    Raises:
        UnknownRevision: the target is not one, or is not below the current revisions.
        ChainBroken: the chain has a fault, or a revision on the way has no `downgrade`.
    """
    graph.require_sound()
    links = graph.links
    branch, goal = downgrade_target(graph, tuple(current), target, strict=True)
    roots = _roots(graph, goal, branch)
    rows = every(graph, current)
    wanted = reach(roots, links.followers) & reach(rows, links.down)
    if not wanted and isinstance(goal, str) and goal not in rows:
        raise UnknownRevision(
            f"{target} is not below what the database has: {', '.join(rows) or 'nothing'}", hint="limbeck current"
        )
    route = newest_first(links, wanted, rows)
    _require_function(graph, route, graph.without_downgrade, "downgrade")
    return tuple(route)


def history_range(graph: RevisionGraph, span: str | None = None, current: Sequence[str] = ()) -> Ids:
    """The revisions that `alembic history -r` shows, in the order of execution.

    Args:
        span: `start:end`, `start:` or `:end`, both included; None for all.  `current` stands for the rows.
        current: the rows of the version table.

    Raises:
        UnknownRevision: an end is not a revision, or there is no way between them.
    """
    if span is None:
        return graph.order
    ends = span.strip().split(":")
    if len(ends) != 2:
        raise UnknownRevision(f"not a range: {span}", hint="limbeck history START:END, START: or :END")
    lower: Symbol = ends[0] or "base"
    upper: Symbol = ends[1] or "heads"
    if ends[1] == "current":
        upper = tuple(current) or "heads"
    elif ends[0] == "current":
        lower = tuple(current) or "base"
    wanted, targets, between = _to_upgrade(graph, upper, lower, from_base=False)
    route = newest_first(graph.links, wanted, targets, between)
    route.reverse()
    return tuple(route)


def pending(graph: RevisionGraph, rows: Sequence[str], target: str = "heads") -> Ids:
    """The revisions that an upgrade to `target` would run, on a chain that may have faults elsewhere.

    Raises:
        UnknownRevision: a row or the target is not a revision.
    """
    if _is_at(graph, rows, target):
        return ()
    if not rows and target == "heads":
        return graph.order
    goals = [require(goal, target) for goal in several(graph, target)]
    wanted = reach(goals, graph.links.down) - applied(graph, rows)
    route = newest_first(graph.links, wanted, goals)
    route.reverse()
    return tuple(route)


def _is_at(graph: RevisionGraph, rows: Sequence[str], target: str | Sequence[str]) -> bool:
    """Whether the rows are those of a database that is up to date, which is what is asked for most often."""
    return (target == "heads" or (target == "head" and len(graph.heads) == 1)) and set(rows) == set(graph.real_heads)


def _require_function(graph: RevisionGraph, route: Sequence[str], missing: Collection[str], function: str) -> None:
    if missing:
        for identifier in route:
            if identifier in missing:
                raise ChainBroken(
                    f"revision {identifier} has no {function}(): {graph.revisions[identifier].path}",
                    hint=f"write def {function}() in that file; pass is enough where there is nothing to do",
                )


def _to_upgrade(
    graph: RevisionGraph, upper: Symbol, lower: Symbol, *, from_base: bool
) -> tuple[set[str], tuple[str, ...], set[str]]:
    """Revisions between two ends, the upper ones among them, and everything that the upper ones stand on.

    Args:
        from_base: whatever the upper end needs counts (`upgrade`).  Else only what descends from the lower end does,
            both ends included, and the lower end must be below the upper one (`history`).
    """
    links = graph.links
    goals = tuple(require(goal, upper) for goal in upgrade_targets(graph, upper, lower, strict=from_base))
    if isinstance(lower, str) and "@" in lower:
        goals = _on_branch(graph, goals, lower.partition("@")[0])
    needed = _below(goals, links.down)
    start = several(graph, lower)
    if not from_base and any(row not in needed for row in start if row is not None):
        raise UnknownRevision(f"{shown(lower)} is not below {shown(upper)}, on the same line", hint="limbeck history")
    if start and start[0] is None:
        _, found = downgrade_target(graph, upper, lower, strict=from_base)
        if found is None:
            raise UnknownRevision(f"no revision there: {shown(lower)} leads out of the chain", hint="limbeck history")
        start, lower = ((), None) if found is BASE else ((found,), require(found, lower))
    rows = tuple(require(row, lower) for row in start)
    wanted = needed - _below(rows, links.down)
    if not from_base:
        wanted.update(require(row, lower) for row in several(graph, lower))
        if rows:
            _refuse_overlap(rows, links.children)
            wanted &= reach(rows, links.children)
    return wanted, goals, needed


def _on_branch(graph: RevisionGraph, goals: Ids, branch: str) -> Ids:
    """The goals that carry the branch's label."""
    named = single(graph, branch)
    if named is not None and named == branch:
        labels = graph.labels(named)
        if len(labels) != 1:
            raise UnknownRevision(f"{branch} does not say which branch is meant", hint="limbeck branches")
        branch = labels[0]
    return tuple(goal for goal in goals if branch in graph.labels(goal))


def _below(goals: Ids, edges: Mapping[str, Ids]) -> set[str]:
    _refuse_overlap(goals, edges)
    return reach(goals, edges)


def _refuse_overlap(goals: Ids, edges: Mapping[str, Ids]) -> None:
    """Revisions that are asked for together must not be older or newer than each other."""
    asked = set(goals)
    if len(asked) < 2:
        return
    further = {old for goal in asked for old in edges.get(goal, ())}
    overlapping = asked & reach(further, edges)
    if overlapping:
        raise UnknownRevision(
            f"of the revisions asked for ({', '.join(sorted(asked))}) others contain {', '.join(sorted(overlapping))}",
            hint="name the outermost revisions only",
        )


def _roots(graph: RevisionGraph, goal: str | Base | None, branch: str | None) -> Ids:
    """The revisions just above the goal, on the branch if one is given: they and all above them go."""
    if isinstance(goal, str):
        roots = graph.children(goal)
        several_roots = len(roots) > 1
    else:
        roots = graph.bases
        labelled = [name for name, revision in graph.links.names.items() if revision in set(roots)]
        several_roots = len(roots) + len(labelled) > 1
    if branch and several_roots:
        anchor = require(known(graph, branch), branch)
        older = reach((anchor,), graph.links.parents)
        roots = tuple(root for root in roots if root in older)
        if not roots:
            raise UnknownRevision(
                f"{branch} leads through none of the revisions above the target", hint="limbeck branches"
            )
    return roots

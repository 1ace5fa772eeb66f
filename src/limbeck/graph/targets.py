"""From a target of `upgrade` or `downgrade` to revisions: `+2`, `-1`, `abc+2`, `billing@-1`, and what is absolute."""

from __future__ import annotations

import re

from limbeck.graph.applied import effective_current
from limbeck.graph.identifiers import every, on_line, require, several, single, walk
from limbeck.graph.links import reach
from limbeck.model.errors import UnknownRevision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from limbeck.graph.graph import RevisionGraph
    from limbeck.graph.identifiers import Base, Found

    Symbol = str | Sequence[str] | None

_RELATIVE = re.compile(r"(?:(.+?)@)?(\w+)?((?:\+|-)\d+)")


def upgrade_targets(graph: RevisionGraph, target: Symbol, current: Symbol, *, strict: bool) -> tuple[Found, ...]:
    match = _RELATIVE.match(target) if isinstance(target, str) else None
    if match is None:
        return several(graph, target)
    branch, symbol, relative = match.groups()
    steps = int(relative)
    if steps <= 0:
        if symbol is None:
            raise _not_so_far(relative)
        start = single(graph, symbol if branch is None else f"{branch}@{symbol}")
        return (walk(graph, start, steps, strict=strict),)
    if symbol is not None:
        return (walk(graph, single(graph, symbol), steps, branch, strict=strict),)
    begin = _starts(graph, _as_tuple(current), branch)
    if len(begin) > 1:
        raise UnknownRevision(
            f"{target} begins at more than one revision: {', '.join(str(b) for b in begin)}",
            hint=f"BRANCH@{relative} or REVISION{relative} says which line is meant",
        )
    first = begin[0]
    reached = walk(graph, single(graph, first) if isinstance(first, str) else None, steps, branch, strict=strict)
    if reached is None:
        raise _not_so_far(relative)
    return (reached,)


def _starts(graph: RevisionGraph, current: tuple[str | None, ...], branch: str | None) -> tuple[Found, ...]:
    """Where a `+n` begins: at the rows, or where the branch that is named has come to."""
    rows: tuple[str | None, ...] = current or (None,)
    if not branch:
        return rows
    known_rows = [row for row in rows if row is not None]
    start = on_line(graph, several(graph, known_rows), branch)
    if start:
        return start
    links = graph.links
    active = on_line(graph, reach(every(graph, known_rows), links.down), branch)
    below = {old for revision in active if isinstance(revision, str) for old in links.down[revision]}
    return tuple(revision for revision in active if revision not in below) or (None,)


def downgrade_target(
    graph: RevisionGraph, current: Symbol, target: Symbol, *, strict: bool
) -> tuple[str | None, str | Base | None]:
    """The branch that is meant, and where to go: a revision, or None or BASE for all the way down."""
    if target is None:
        return None, None
    if not isinstance(target, str):
        raise UnknownRevision(f"one revision at a time: {', '.join(target)}", hint="limbeck history")
    match = _RELATIVE.match(target)
    if match is None:
        branch, _, symbol = target.rpartition("@")
        return branch or None, single(graph, symbol)
    branch, symbol, relative = match.groups()
    steps = int(relative)
    if steps >= 0:
        if symbol is None:
            raise _not_so_far(relative)
        return branch, _walked(graph, single(graph, symbol), steps, relative, branch, strict=strict)
    if symbol is not None:
        start = single(graph, symbol if branch is None else f"{branch}@{symbol}")
        return branch, _walked(graph, start, steps, relative, strict=strict)
    stay_on, start = _row_to_leave(graph, _as_tuple(current), branch, relative)
    return stay_on, _walked(graph, start, steps, relative, strict=strict)


def _walked(
    graph: RevisionGraph, start: str | None, steps: int, relative: str, branch: str | None = None, *, strict: bool
) -> str | Base:
    found = walk(graph, start, steps, branch, strict=strict)
    if found is None:
        raise _not_so_far(relative)
    return found


def _row_to_leave(
    graph: RevisionGraph, rows: tuple[str | None, ...], branch: str | None, relative: str
) -> tuple[str | None, str | None]:
    """For `-n`: the branch to stay on, and the revision to begin at."""
    if not branch:
        if not rows:
            raise _not_so_far(relative)
        first = rows[0]
        return first, single(graph, f"{first}@{first}")
    candidates = on_line(graph, rows, branch)
    if not candidates:
        candidates = on_line(graph, effective_current(graph, [row for row in rows if row is not None]), branch)
    if len(candidates) != 1:
        raise UnknownRevision(
            f"{branch}@{relative} does not begin at one revision: {', '.join(str(c) for c in candidates) or 'at none'}",
            hint="limbeck current",
        )
    return branch, single(graph, f"{branch}@{require(candidates[0], branch)}")


def _as_tuple(symbol: Symbol) -> tuple[str | None, ...]:
    if symbol is None:
        return ()
    return (symbol,) if isinstance(symbol, str) else tuple(symbol)


def _not_so_far(relative: str) -> UnknownRevision:
    return UnknownRevision(f"the chain has no {relative} from here", hint="limbeck current shows where the database is")

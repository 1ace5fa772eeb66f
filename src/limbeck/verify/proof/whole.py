"""The chain as a whole: base to head, back to base, to head again, as plain Alembic runs it; and in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from limbeck.database.catalogue import Catalogue, Change, outermost
from limbeck.model.plan import Direction
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.seen import without_keys_renamed, without_own_indexes
from limbeck.verify.proof.separated import separated
from limbeck.verify.proof.straight import Straight
from limbeck.verify.proof.summary import Summary

if TYPE_CHECKING:
    from limbeck.database.catalogue import Identity
    from limbeck.graph import RevisionGraph
    from limbeck.verify.proof.course import Course
    from limbeck.verify.proof.recordings import Recordings
    from limbeck.verify.proof.trip import Stopped


class Outcome(NamedTuple):
    """How one direction of the whole chain went.

    Attributes:
        start: the catalogue at its beginning.
        catalogue: at its end; None when it did not come there.
        revision: the one at which it stopped; else the last one.
        stopped: what stopped it; None when nothing did.
    """

    start: Catalogue | None
    catalogue: Catalogue | None
    revision: str
    stopped: Stopped | None


class Route(NamedTuple):
    """The whole chain, seen.

    Attributes:
        one_run: the first way up, with the transactions of plain Alembic.
        up: the same; when that was stopped, with one transaction for each revision.
        down_to: the revision behind which there is no way back; None for base.
        down: the way back; None when it was not tried.
        again: the second way up; None when it was not tried.
    """

    one_run: Outcome
    up: Outcome
    down_to: str | None
    down: Outcome | None
    again: Outcome | None


class Whole:
    """Walks the whole chain, on databases of its own."""

    def __init__(
        self, graph: RevisionGraph, course: Course, goes_back: Callable[[str], bool], recordings: Recordings
    ) -> None:
        """Nothing runs yet.

        Args:
            goes_back: whether there is a way back behind a revision.
            recordings: what is played instead of being run.
        """
        self._recordings = recordings
        self._graph = graph
        self._course = course
        self._goes_back = goes_back

    def route(self) -> Route:
        """Up, down and up again, each a command of its own."""
        with self._course.database(None) as name:
            one_run = self._walk(name, Direction.UPGRADE, self._graph.order)
            if one_run.stopped is None:
                return self._there_and_back(name, one_run, one_run, in_one_run=True)
        with self._course.database(None) as name:
            up = self._walk(name, Direction.UPGRADE, self._graph.order, in_one_run=False)
            if up.stopped is not None:
                return Route(one_run, up, None, None, None)
            return self._there_and_back(name, one_run, up, in_one_run=False)

    def _there_and_back(self, name: str, one_run: Outcome, up: Outcome, *, in_one_run: bool) -> Route:
        order = self._graph.order
        first, down_to = end_of_way_back(order, self._goes_back)
        if first == len(order):
            return Route(one_run, up, down_to, None, None)
        down = self._walk(name, Direction.DOWNGRADE, order[first:][::-1], in_one_run=in_one_run)
        if down.stopped is not None:
            return Route(one_run, up, down_to, down, None)
        again = self._walk(name, Direction.UPGRADE, order[first:], in_one_run=in_one_run)
        return Route(one_run, up, down_to, down, again)

    def in_order(self, order: Sequence[str]) -> Outcome:
        """The way up in another order."""
        with self._course.database(None) as name:
            return self._walk(name, Direction.UPGRADE, order, in_one_run=False)

    def _walk(self, name: str, direction: Direction, revisions: Sequence[str], *, in_one_run: bool = True) -> Outcome:
        legs = [Leg(direction, revision) for revision in revisions]
        attendant = Straight(legs[-1], self._recordings)
        walked = self._course.walk(name, attendant, legs, in_one_run=in_one_run)
        at = revisions[min(walked.done, len(revisions) - 1)]
        return Outcome(attendant.start, attendant.catalogue, at, walked.stopped)


def end_of_way_back(order: Sequence[str], goes_back: Callable[[str], bool]) -> tuple[int, str | None]:
    """The place in an order down to which the chain goes back, and the revision there that does not; None for base."""
    blocked = [place for place, each in enumerate(order) if not goes_back(each)]
    return (blocked[-1] + 1, order[blocked[-1]]) if blocked else (0, None)


def other_order(graph: RevisionGraph) -> tuple[str, ...] | None:
    """An order in which parallel revisions run the other way round; None when there are none."""
    orders = (_order(graph, which) for which in (-1, 0))
    return next((order for order in orders if order != graph.order and len(order) == len(graph.order)), None)


def _order(graph: RevisionGraph, which: int) -> tuple[str, ...]:
    """Of the revisions that may run next, always the last one, or always the first."""
    down = graph.links.down
    open_ = {each: len(down.get(each, ())) for each in graph.order}
    above: dict[str, list[str]] = {}
    for each in graph.order:
        for below in down.get(each, ()):
            above.setdefault(below, []).append(each)
    ready = [each for each in graph.order if open_[each] == 0]
    order: list[str] = []
    while ready:
        each = ready.pop(which)
        order.append(each)
        for child in above.get(each, ()):
            open_[child] -= 1
            if open_[child] == 0:
                ready.append(child)
    return tuple(order)


def changes(one: Catalogue, other: Catalogue, told: frozenset[Identity] = frozenset()) -> tuple[Change, ...]:
    """What separates the catalogues of two databases, but for what was told already."""
    found = outermost(separated(one._replace(origin=""), other._replace(origin="")))
    found = without_keys_renamed(without_own_indexes(found), one)
    return tuple(each for each in found if each.identity not in told)


def makers(summaries: Mapping[str, Summary], order: Sequence[str], identity: Identity) -> Iterator[str]:
    """The revisions that touch an object, or what it belongs to."""
    wanted = {(identity.schema, identity.name), (identity.schema, identity.of)}
    for revision in order:
        if any(each == identity or (each.schema, each.name) in wanted for each in summaries[revision].touched):
            yield revision

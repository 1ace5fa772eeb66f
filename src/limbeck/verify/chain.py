"""The checks of the chain as a whole, asked in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from limbeck.verify.checks import (
    cannot_be_rendered,
    fails_in_one_run,
    offline_differs,
    order_matters,
    same_object,
    whole_chain_differs,
)
from limbeck.verify.proof.recordings import NoRecordings
from limbeck.verify.proof.whole import Whole, changes, makers, other_order

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue, Identity
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.lint.subject import Hazard
    from limbeck.verify.proof.course import Course
    from limbeck.verify.proof.recordings import Recordings
    from limbeck.verify.proof.summary import Summary
    from limbeck.verify.proof.whole import Outcome, Route

_EXECUTED = "the SQL of --sql, executed"
_NO_EXTENSION = ("0A000", "58P01", "22023")


class Found(NamedTuple):
    """A hazard, and the check and the revision that it is of."""

    check: str
    revision: str | None
    hazard: Hazard


class Chain:
    """The proof of a whole chain, after that of its revisions; use `found` once.

    Attributes:
        sentences: what was proved, in words.
    """

    def __init__(
        self,
        project: Project,
        graph: RevisionGraph,
        course: Course,
        summaries: Mapping[str, Summary],
        head: Catalogue | None,
    ) -> None:
        """Nothing runs yet.

        Args:
            summaries: of every revision.
            head: the catalogue at the end of the proof revision by revision, when there is one end.
        """
        self._project = project
        self._graph = graph
        self._course = course
        self._summaries = summaries
        self._head = head
        self._paths = {revision.id: revision.path for revision in graph.revisions.values()}
        self._told: frozenset[Identity] = frozenset().union(*(each.told for each in summaries.values()))
        self._is_played = False
        self.sentences: list[str] = []

    def found(self) -> Iterator[Found]:
        """Everything that is not as it should be."""
        for hazard in same_object.hazards(self._graph, self._summaries):
            yield Found("same-object", hazard.revision, hazard)
        route, found = self._route(self._course.recordings)
        if found and self._course.recordings:
            self.sentences.clear()
            route, found = self._route(NoRecordings())
        yield from found
        if route.up.catalogue is not None:
            yield from self._of_order(route.up.catalogue)
            yield from self._of_sql(route.up.catalogue)

    def _route(self, recordings: Recordings) -> tuple[Route, list[Found]]:
        # Played without env.py, and what that may set up: only where there is something to compare the outcome with.
        played = self._course.rendition.route if recordings and self._head is not None else None
        self._is_played = played is not None
        route = played or Whole(self._graph, self._course, self._goes_back, recordings).route()
        return route, list(self._of_route(route))

    def _goes_back(self, revision: str) -> bool:
        return self._summaries[revision].goes_back

    def _of_route(self, route: Route) -> Iterator[Found]:
        up = route.up
        if up.stopped is not None:
            parallel = other_order(self._graph) is not None
            path = self._paths[up.revision]
            if parallel:
                yield Found("order-matters", up.revision, order_matters.fails(up.stopped, path, other=False))
            else:
                hazard = whole_chain_differs.stopped_at(up.stopped, "from base to head", path, "upgrade")
                yield Found("whole-chain-differs", up.revision, hazard)
            return
        if route.one_run.stopped is not None:
            hazard = fails_in_one_run.hazard(route.one_run.stopped, self._paths[route.one_run.revision])
            yield Found("fails-in-one-run", route.one_run.revision, hazard)
        if self._head is not None and up.catalogue is not None:
            when = "after base to head in one run and without rows"
            yield from self._differences(self._head, up.catalogue, when, "upgrade")
        yield from self._of_way_back(route)

    def _of_way_back(self, route: Route) -> Iterator[Found]:
        up, down, again = route.up, route.down, route.again
        words = ["base to head"]
        end = "base" if route.down_to is None else f"{route.down_to}, behind which there is no way"
        if down is not None:
            words.append(f"back to {end}")
            yield from self._of_walk(down, f"from head back to {end}", "downgrade")
            if down.catalogue is not None and up.start is not None and route.down_to is None:
                yield from self._differences(up.start, down.catalogue, "after head to base", "downgrade")
        if again is not None and not (again.stopped is not None and self._told):
            words.append("to head again")
            yield from self._of_walk(again, "on the second way from base to head", "upgrade")
            if again.catalogue is not None and up.catalogue is not None:
                when = "after the second way from base to head"
                yield from self._differences(up.catalogue, again.catalogue, when, "upgrade")
        self.sentences.append(", ".join(words))

    def _of_walk(self, walked: Outcome, when: str, function: str) -> Iterator[Found]:
        if walked.stopped is not None:
            hazard = whole_chain_differs.stopped_at(walked.stopped, when, self._paths[walked.revision], function)
            yield Found("whole-chain-differs", walked.revision, hazard)

    def _differences(self, one: Catalogue, other: Catalogue, when: str, function: str) -> Iterator[Found]:
        for change in changes(one, other, self._told):
            maker = self._last_maker(change.identity)
            path = None if maker is None else self._paths[maker]
            yield Found("whole-chain-differs", maker, whole_chain_differs.at_the_end(change, when, path, function))

    def _last_maker(self, identity: Identity) -> str | None:
        return next(iter(list(makers(self._summaries, self._graph.order, identity))[::-1]), None)

    def _of_order(self, head: Catalogue) -> Iterator[Found]:
        order = other_order(self._graph)
        if order is None:
            return
        other = self._in_order(order, self._course.recordings)
        if other.stopped is not None or (other.catalogue is not None and changes(head, other.catalogue)):
            other = self._in_order(order, NoRecordings())
        if other.stopped is not None:
            hazard = order_matters.fails(other.stopped, self._paths[other.revision], other=True)
            yield Found("order-matters", other.revision, hazard)
        elif other.catalogue is not None:
            self.sentences.append("parallel branches in another order")
            for change in changes(head, other.catalogue):
                maker = self._last_maker(change.identity)
                path = None if maker is None else self._paths[maker]
                yield Found("order-matters", maker, order_matters.differs(change, path))

    def _in_order(self, order: Sequence[str], recordings: Recordings) -> Outcome:
        return Whole(self._graph, self._course, self._goes_back, recordings).in_order(order)

    def _of_sql(self, head: Catalogue) -> Iterator[Found]:
        course = self._course
        as_sql = course.rendition.as_sql(course.recordings, is_executed=not self._is_played)
        rendered, ran, refused, is_issued = as_sql
        if refused is not None:
            self.sentences.append(f"not as SQL (--sql): {refused}")
            return
        if is_issued:
            self.sentences.append(_EXECUTED)  # word by word, when the chain was played
            return
        unrendered = [each for each in rendered if each.error is not None]
        told = unrendered if course.tells_each else unrendered[:1]
        for each in told:
            assert each.error is not None
            others = () if course.tells_each else [other.revision for other in unrendered[1:]]
            hazard = cannot_be_rendered.hazard(each.error, each.line, self._paths[each.revision], others)
            yield Found("cannot-be-rendered", each.revision, hazard)
        if ran is None:
            return
        if ran.error is not None:
            if ran.sqlstate in _NO_EXTENSION:
                self.sentences.append(f"not as SQL (--sql): {ran.error}")
                return
            yield Found("offline-differs", ran.revision, offline_differs.fails(ran.error, self._paths[ran.revision]))
        elif not unrendered and ran.catalogue is not None:
            self.sentences.append(_EXECUTED)
            for change in changes(head, ran.catalogue):
                maker = self._last_maker(change.identity)
                path = None if maker is None else self._paths[maker]
                yield Found("offline-differs", maker, offline_differs.differs(change, path))

"""Which of a chain's states a schema is at: the nearest first, and what is left between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from limbeck.database.catalogue import Catalogue, Identity
from limbeck.verify.schema.drift import Drift, drift_of
from limbeck.verify.schema.ignored import Ignored
from limbeck.verify.schema.spelling import counted, loosely
from limbeck.verify.schema.state import State
from limbeck.verify.schema.tree import Rows

_COMPARED = 8  # schemas that are compared whole: the nearest by the number of objects, and the version table's


class Candidate(NamedTuple):
    """A state, and how far the schema is from it.

    Attributes:
        rows: of the version table at that state.
        drift: what differs, but what comes or goes with something else is in one.
        objects: how many objects differ; 0 when nothing does but what is known to.
    """

    rows: Rows
    drift: Drift
    objects: int

    @property
    def exact(self) -> bool:
        """Whether nothing differs but what is known to."""
        return not self.drift.differences


class Match(NamedTuple):
    """What was found.

    Attributes:
        candidates: states, the nearest first.
        unknown: why further states could not be looked at, in sentences.
    """

    candidates: tuple[Candidate, ...]
    unknown: tuple[str, ...]

    @property
    def exact(self) -> tuple[Candidate, ...]:
        """The states that the schema is exactly at; several where revisions change no schema."""
        return tuple(each for each in self.candidates if each.exact)

    def at(self, rows: Rows) -> Candidate | None:
        """The candidate with these rows."""
        return next((each for each in self.candidates if each.rows == rows), None)


def matched(
    live: Catalogue, states: Iterable[State], base: State, rules: Sequence[Ignored], near: Rows, unknown: Sequence[str]
) -> Match:
    """The states that are nearest to a schema.

    Args:
        states: all that are known whole, in the order of execution.
        base: the schema of an empty database.
        near: the rows that the version table holds; of states at the same distance the nearest to it come first.
        unknown: why other states are not known.
    """
    distances = _Distances(live)
    rows_by_digest: dict[str, list[Rows]] = {}
    distance: dict[str, int] = {}
    nearest: dict[str, State] = {}
    places: dict[Rows, int] = {}
    for place, state in enumerate(states):
        places[state.rows] = place
        rows_by_digest.setdefault(state.digest, []).append(state.rows)
        distance[state.digest] = distances.to(state.catalogue)
        nearest[state.digest] = state
        if len(nearest) > _COMPARED:
            del nearest[max((each for each in nearest if near not in rows_by_digest[each]), key=distance.__getitem__)]
    own = places.get(near, 0)
    candidates = []
    for digest, state in nearest.items():
        drift = drift_of(live, state, base, rules)
        objects = max(distance[digest], len(drift.differences)) if drift.differences else 0
        candidates += [Candidate(rows, drift, objects) for rows in rows_by_digest[digest]]
    candidates.sort(key=lambda each: (each.objects, each.rows != near, abs(places[each.rows] - own), places[each.rows]))
    return Match(tuple(candidates), tuple(unknown))


class _Distances:
    """From one schema to others, in objects that are otherwise.

    States share the properties of what did not change between them, so that each is compared once.
    """

    def __init__(self, live: Catalogue) -> None:
        self._live = loosely(counted(live)).objects
        self._whole = live
        self._equal: dict[tuple[Identity, int], bool] = {}

    def to(self, catalogue: Catalogue) -> int:
        """The number of objects that are in one of the two only, or otherwise in it."""
        equal, live = self._equal, self._live
        common = otherwise = 0
        for identity, properties in catalogue.objects.items():
            if identity in live:
                key = identity, id(properties)
                found = equal.get(key)
                if found is None:
                    found = equal[key] = self._is_equal(catalogue, identity)
                common += 1
                otherwise += not found
        return len(catalogue.objects) + len(live) - 2 * common + otherwise

    def _is_equal(self, catalogue: Catalogue, identity: Identity) -> bool:
        one = catalogue._replace(objects={identity: catalogue.objects[identity]})
        return loosely(counted(one)).objects.get(identity) == self._live[identity]

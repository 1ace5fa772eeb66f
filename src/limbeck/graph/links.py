"""Who is whose parent: the edges of a chain, as plain dictionaries.

Two kinds of edges lead from a revision down to an older one.  `down_revision` makes the *line* (parents, children,
heads, bases, branch and merge points are about the line only); `depends_on` adds *needs* across lines.  The needs
that an older revision of the same line declares already are left out of `down`, as Alembic leaves them out when it
orders and steps.
"""

from __future__ import annotations

from limbeck.graph.cycles import cyclic_groups, parents_first

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from limbeck.model.revision import Revision

    Ids = tuple[str, ...]


class Links:
    """The edges between the revisions that exist, without those that would close a cycle.

    Attributes:
        place: position of each revision in the order in which the files were read, from 0.
        parents: `down_revision`, as far as it is known.
        needs: `depends_on`, as far as it is known.
        down: parents, then the needs that no older revision of the line declares already; each once.
        children: the revisions that name this one in `down_revision`; only where there are any.
        followers: children, and the revisions that name this one in `depends_on`; only where there are any.
        ranked: every revision, older ones first.
        cycles: groups of revisions that are older than themselves; their inner edges are left out above.
        names: every branch label, and the revision whose file declares it; the first one, when there are several.
    """

    __slots__ = ("children", "cycles", "down", "followers", "names", "needs", "parents", "place", "ranked")

    def __init__(self, revisions: Mapping[str, Revision]) -> None:
        self.place: dict[str, int] = {}
        self.parents: dict[str, Ids] = {}
        self.needs: dict[str, Ids] = {}
        self.names: dict[str, str] = {}
        self.cycles: tuple[Ids, ...] = ()
        for place, revision in enumerate(revisions.values()):
            identifier = revision.id
            self.place[identifier] = place
            self.parents[identifier] = revision.parents
            if revision.depends_on:
                self.needs[identifier] = revision.depends_on
            for label in revision.labels:
                self.names.setdefault(label, identifier)
        self._forget_unknown()
        self.children: dict[str, Ids] = _reversed(self.parents)
        self.followers: dict[str, Ids] = self.children
        self.down: dict[str, Ids] = self.parents
        plain = not self.needs and all(len(p) < 2 or len(set(p)) == len(p) for p in self.parents.values())
        if self.needs:
            self.followers = _reversed(self._all_down())
        self._rank()
        if not plain:
            self.down = self._without_repeats()

    def _forget_unknown(self) -> None:
        place = self.place
        for edges in (self.parents, self.needs):
            for identifier, olds in edges.items():
                for old in olds:
                    if old not in place or old == identifier:
                        edges[identifier] = tuple(o for o in olds if o in place and o != identifier)
                        break

    def _all_down(self) -> dict[str, Ids]:
        down = dict(self.parents)
        for identifier, needs in self.needs.items():
            down[identifier] = tuple(dict.fromkeys(down[identifier] + needs))
        return down

    def _rank(self) -> None:
        down = self._all_down() if self.needs else self.parents
        self.ranked = parents_first(down, self.followers)
        if len(self.ranked) == len(down):
            return
        self.cycles = groups = cyclic_groups(down)
        self._leave_out(groups, self.needs)
        self._leave_out(cyclic_groups(self.parents), self.parents)
        down = self._all_down()
        self.children = _reversed(self.parents)
        self.followers = _reversed(down)
        self.ranked = parents_first(down, self.followers)

    def _leave_out(self, groups: Sequence[Ids], edges: dict[str, Ids]) -> None:
        """Forget the edges within each group."""
        group = {identifier: number for number, members in enumerate(groups) for identifier in members}
        for identifier in group:
            if identifier in edges:
                edges[identifier] = tuple(old for old in edges[identifier] if group.get(old) != group[identifier])

    def _without_repeats(self) -> dict[str, Ids]:
        """Parents and needs, each once, without the needs that an older revision of the same line declares already.

        A need that only one revision has cannot be repeated.  The others are bits of an integer, handed up the line.
        """
        wanted: dict[str, int] = {}
        for needs in self.needs.values():
            for need in set(needs):
                wanted[need] = wanted.get(need, 0) + 1
        shared = [need for need, count in wanted.items() if count > 1]
        bit = {need: 1 << number for number, need in enumerate(shared)}
        handed_up: dict[str, int] = {}
        down = {identifier: tuple(dict.fromkeys(parents)) for identifier, parents in self.parents.items()}
        for identifier in self.ranked if bit else self.needs:
            declared = 0
            if bit:
                for parent in self.parents[identifier]:
                    declared |= handed_up[parent]
            needs = self.needs.get(identifier, ())
            if needs:
                left = tuple(need for need in needs if not bit.get(need, 0) & declared)
                down[identifier] = tuple(dict.fromkeys(down[identifier] + left))
                for need in needs:
                    declared |= bit.get(need, 0)
            handed_up[identifier] = declared
        return down


def _reversed(edges: Mapping[str, Sequence[str]]) -> dict[str, Ids]:
    """Old revision to the ones that name it, in the order in which those were read."""
    single: dict[str, Ids] = {}
    several: dict[str, list[str]] = {}
    for identifier, olds in edges.items():
        for old in olds:
            if old not in single:
                single[old] = (identifier,)
            elif old in several:
                if several[old][-1] != identifier:
                    several[old].append(identifier)
            elif single[old][0] != identifier:
                several[old] = [single[old][0], identifier]
    for old, names in several.items():
        single[old] = tuple(names)
    return single


def reach(start: Iterable[str], edges: Mapping[str, Ids]) -> set[str]:
    """The revisions of `start` and everything that the edges lead to from them."""
    todo = list(start)
    seen = set(todo)
    while todo:
        for identifier in edges.get(todo.pop(), ()):
            if identifier not in seen:
                seen.add(identifier)
                todo.append(identifier)
    return seen

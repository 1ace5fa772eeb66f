"""The order in which Alembic walks revisions, newest first: the same order, in about linear time.

Alembic keeps a list of *lines*, each at some revision.  It emits the revision of the current line and moves that line
down, unless another line stands above that revision; then it goes on with the first such line.  Where a revision has
several older ones, the line goes on with the first, and the others start new lines at the end of the list.  A line
with nowhere to go is dropped, and the one before it goes on.

To know whether a line stands above a revision, Alembic holds the set of all ancestors of each line's revision, and
makes it anew at every merge: that is its quadratic.  Here only revisions that can be in somebody's way are told apart
(those that several others name, and those that lines start from): each is one bit of an integer, handed up once from
old to new.
"""

from __future__ import annotations

from limbeck.model.errors import UnknownRevision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from limbeck.graph.links import Links


def newest_first(
    links: Links, wanted: Collection[str], heads: Iterable[str], between: Collection[str] | None = None
) -> list[str]:
    """The wanted revisions, each before everything that it stands on, in Alembic's order.

    Args:
        wanted: the revisions to put in order.
        heads: where the lines start; those that are not wanted do not count.
        between: the wanted revisions and all that connects them, when those are more.

    Raises:
        UnknownRevision: some wanted revisions lie below none of the heads.
    """
    wanted = set(wanted)
    lines = sorted({head for head in heads if head in wanted}, key=links.place.__getitem__)
    marks = _Marks(links, wanted, wanted if between is None else between, lines)
    todo, standing, output = set(wanted), set(lines), list[str]()
    down, in_the_way, waiting, current = links.down, marks.in_the_way, marks.waiting, 0
    held = [marks.held.get(line, 0) for line in lines]
    while lines:
        candidate = lines[current]
        if candidate in in_the_way and (waiting[candidate] or between is not None):
            mark = in_the_way[candidate]
            blocker = next((number for number, above in enumerate(held) if above & mark and number != current), None)
            if blocker is not None:
                current = blocker
                continue
        output.append(candidate)
        todo.discard(candidate)
        standing.discard(candidate)
        further = []
        for old in down[candidate]:
            if old in waiting:
                waiting[old] -= 1
            if old in todo and old not in standing:
                further.append(old)
        if further:
            lines[current] = further[0]
            held[current] = marks.held.get(further[0], 0)
            if len(further) > 1:
                lines += further[1:]
                held += [marks.held.get(old, 0) for old in further[1:]]
            standing.update(further)
        else:
            del lines[current], held[current]
            current = max(current - 1, 0)
    if todo:
        raise UnknownRevision(
            f"the range is not one line: {', '.join(sorted(todo)[:3])} cannot be reached from its upper end",
            hint="limbeck history",
        )
    return output


class _Marks:
    """Which revisions can be in the way of others, and who stands on them.

    Attributes:
        in_the_way: one bit for each revision that another line may stand on.
        held: the bits of a revision and of all that it stands on; only where there are any.
        waiting: how many wanted revisions name one that can be in the way, and have not been emitted.
    """

    __slots__ = ("held", "in_the_way", "waiting")

    def __init__(self, links: Links, wanted: Collection[str], scope: Collection[str], lines: list[str]) -> None:
        self.in_the_way: dict[str, int] = {}
        self.held: dict[str, int] = {}
        self.waiting: dict[str, int] = {}
        down = links.down
        seen: set[str] = set()
        for identifier in scope:
            for old in down[identifier]:
                if old not in seen:
                    seen.add(old)
                elif old in wanted:
                    self.waiting[old] = 0
        if len(lines) > 1:
            self.waiting.update(dict.fromkeys(lines, 0))
        if self.waiting:
            self._hand_up(links, wanted, scope)

    def _hand_up(self, links: Links, wanted: Collection[str], scope: Collection[str]) -> None:
        down, bits, held, waiting = links.down, self.in_the_way, self.held, self.waiting
        for identifier in links.ranked:
            if identifier not in scope:
                continue
            mark = 0
            if identifier in waiting:
                mark = bits[identifier] = 1 << len(bits)
            for old in down[identifier]:
                if old in held:
                    mark |= held[old]
                if old in waiting and identifier in wanted:
                    waiting[old] += 1
            if mark:
                held[identifier] = mark

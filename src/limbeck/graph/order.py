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
    todo = set(wanted)
    lines = sorted({head for head in heads if head in todo}, key=links.place.__getitem__)
    above = _marks(links, wanted, todo if between is None else between, lines)
    standing = set(lines)
    output: list[str] = []
    down, in_the_way, current = links.down, above.in_the_way, 0
    while lines:
        candidate = lines[current]
        mark = in_the_way.get(candidate)
        if mark is not None:
            held = above.held
            blocker = next((n for n, line in enumerate(lines) if n != current and held[line] & mark), None)
            if blocker is not None:
                current = blocker
                continue
        output.append(candidate)
        todo.discard(candidate)
        standing.discard(candidate)
        further = [old for old in down[candidate] if old in todo and old not in standing]
        if further:
            lines[current] = further[0]
            lines += further[1:]
            standing.update(further)
        else:
            del lines[current]
            current = max(current - 1, 0)
    if todo:
        raise UnknownRevision(
            f"the range is not one line: {', '.join(sorted(todo)[:3])} cannot be reached from its upper end",
            hint="limbeck history",
        )
    return output


class _Marks:
    """Which revisions can be in the way (one bit each), and which of them each revision stands on or is."""

    __slots__ = ("held", "in_the_way")

    def __init__(self) -> None:
        self.in_the_way: dict[str, int] = {}
        self.held: dict[str, int] = {}


def _marks(links: Links, wanted: Collection[str], scope: Collection[str], lines: list[str]) -> _Marks:
    marks = _Marks()
    down = links.down
    named = set(lines) if len(lines) > 1 else set()
    seen: set[str] = set()
    for identifier in scope:
        for old in down[identifier]:
            if old not in seen:
                seen.add(old)
            elif old in wanted:
                named.add(old)
    if not named:
        return marks
    bits, held = marks.in_the_way, marks.held
    for identifier in links.ranked:
        if identifier in scope:
            mark = 0
            if identifier in named:
                mark = bits[identifier] = 1 << len(bits)
            for old in down[identifier]:
                if old in held:
                    mark |= held[old]
            held[identifier] = mark
    return marks

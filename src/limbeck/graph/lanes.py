"""The lanes of a chain, drawn like those of `git log --graph`, oldest first.

Every row is a string of box characters; in the row of a revision `{}` stands for its mark, the other rows connect.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LINE, _DASH = "│", "─"
_ACROSS = "┼"  # a line passing under another lane
_FORK = "├"  # where lanes leave or join a revision's own lane
_SPLIT, _SPLIT_LAST = "┬", "╮"  # a new lane that others lie beyond, and the last one
_JOIN, _JOIN_LAST = "┴", "╯"


def lane_rows(order: Sequence[str], parents: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Draw the revisions of `order`, each after its parents; see the module.

    Parents that are not in `order` are left out, so that a part of a chain can be drawn.
    """
    children: dict[str, list[str]] = {revision: [] for revision in order}
    for revision in order:
        for parent in parents[revision]:
            if parent in children:
                children[parent].append(revision)
    lanes: list[str | None] = []  # by column: the child that the lane leads to
    for revision in order:
        columns = [0] if lanes == [revision] else [column for column, child in enumerate(lanes) if child == revision]
        own = columns[0] if columns else _free(lanes, 0)
        if len(columns) > 1:
            yield _connection(lanes, own, columns[1:], _JOIN, _JOIN_LAST)
            for column in columns[1:]:
                lanes[column] = None
            _trim(lanes)
        lanes[own] = revision
        yield "{}" if len(lanes) == 1 else _revision_row(lanes, own)
        following = children[revision]
        lanes[own] = following[0] if following else None
        if len(following) > 1:
            new = []
            for child in following[1:]:
                column = _free(lanes, own + 1)
                lanes[column] = child
                new.append(column)
            yield _connection(lanes, own, new, _SPLIT, _SPLIT_LAST)
        _trim(lanes)


def _trim(lanes: list[str | None]) -> None:
    while lanes and lanes[-1] is None:
        lanes.pop()


def _free(lanes: list[str | None], start: int) -> int:
    """The first free column from `start` on, made if there is none."""
    for column in range(start, len(lanes)):
        if lanes[column] is None:
            return column
    lanes.append(None)
    return max(len(lanes) - 1, start)


def _revision_row(lanes: list[str | None], own: int) -> str:
    return " ".join("{}" if column == own else _LINE if child else " " for column, child in enumerate(lanes))


def _connection(lanes: list[str | None], own: int, others: list[int], middle: str, last: str) -> str:
    end = max(others)
    cells = []
    for column, child in enumerate(lanes):
        if column == own:
            cell = _FORK
        elif column in others:
            cell = last if column == end else middle
        elif own < column < end:
            cell = _ACROSS if child else _DASH
        else:
            cell = _LINE if child else " "
        cells.append(cell + (_DASH if own <= column < end else " "))
    return "".join(cells).rstrip()

"""The lanes of a chain, drawn like those of `git log --graph`, oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from limbeck.model.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Glyphs(NamedTuple):
    """The characters that lanes are drawn with."""

    line: str
    across: str  # a line passing under another lane
    dash: str
    fork: str  # where lanes leave or join a revision's own lane
    split: str  # a new lane that others lie beyond
    split_last: str
    join: str
    join_last: str


BOXES = Glyphs("│", "┼", "─", "├", "┬", "╮", "┴", "╯")
ASCII = Glyphs("|", "+", "-", "+", "+", "\\", "+", "/")


class Row(NamedTuple):
    """One row of the drawing: the lanes, with `{}` for the mark of `revision`, or a connection between rows."""

    lanes: str
    revision: str | None


def lane_rows(order: Sequence[str], parents: Mapping[str, Sequence[str]], glyphs: Glyphs = BOXES) -> Iterator[Row]:
    """Draw the revisions of `order`, each after its parents.

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
            yield Row(_connection(lanes, own, columns[1:], glyphs, glyphs.join, glyphs.join_last), None)
            for column in columns[1:]:
                lanes[column] = None
            _trim(lanes)
        lanes[own] = revision
        yield Row("{}" if len(lanes) == 1 else _revision_row(lanes, own, glyphs), revision)
        following = children[revision]
        lanes[own] = following[0] if following else None
        if len(following) > 1:
            new = []
            for child in following[1:]:
                column = _free(lanes, own + 1)
                lanes[column] = child
                new.append(column)
            yield Row(_connection(lanes, own, new, glyphs, glyphs.split, glyphs.split_last), None)
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


def _revision_row(lanes: list[str | None], own: int, glyphs: Glyphs) -> str:
    return " ".join("{}" if column == own else glyphs.line if lanes[column] else " " for column in range(len(lanes)))


def _connection(lanes: list[str | None], own: int, others: list[int], glyphs: Glyphs, middle: str, last: str) -> str:
    end = max(others)
    cells = []
    for column in range(len(lanes)):
        if column == own:
            cell = glyphs.fork
        elif column in others:
            cell = last if column == end else middle
        elif own < column < end:
            cell = glyphs.across if lanes[column] else glyphs.dash
        else:
            cell = glyphs.line if lanes[column] else " "
        cells.append(cell + (glyphs.dash if own <= column < end else " "))
    return "".join(cells).rstrip()

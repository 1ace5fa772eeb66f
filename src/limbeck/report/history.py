"""The chain in its order of execution, as text and as JSON."""

from __future__ import annotations

from limbeck.report.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from typing import Any

    from limbeck.graph import RevisionGraph
    from limbeck.model.revision import Revision

_UPSIDE_DOWN = str.maketrans("┬╮┴╯", "┴╯┬╮")
_ASCII = str.maketrans("│┼─├┬╮┴╯", "|+-++\\+/")


def history_lines(
    graph: RevisionGraph,
    order: Sequence[str],
    *,
    current: Collection[str] = (),
    following: Collection[str] = (),
    reverse: bool = False,
    boxes: bool = True,
) -> Iterator[str]:
    """Every revision on a line: mark, position, identifier, labels, date, first line of its text, and its lanes.

    Args:
        order: the revisions to show, in the order of execution.
        current: rows of the version table; their revisions are marked `*`.
        following: revisions that an upgrade would run next; marked `>`.
        reverse: newest first.
        boxes: draw lanes with box characters; else with ASCII.
    """
    count, width = len(graph.order), len(str(len(graph.order)))
    rows, positions, headlines = _columns(graph, order)
    if reverse:
        rows = [row.translate(_UPSIDE_DOWN) for row in reversed(rows)]
        order, positions, headlines = order[::-1], positions[::-1], headlines[::-1]
    if not boxes:
        rows = [row.translate(_ASCII) for row in rows]
    marks = dict.fromkeys(following, (">", "  <- next")) | dict.fromkeys(current, ("*", "  <- the database is here"))
    lanes = {row: row.replace("{}", "o") if "{}" in row else None for row in set(rows)}
    revisions = zip(order, positions, headlines, strict=True)
    number = f"  #%-{width}d of {count}  "
    for row in rows:
        lane = lanes[row]
        if lane is None:
            yield f"  {row}"
            continue
        revision, position, headline = next(revisions)
        if revision in marks:
            mark, remark = marks[revision]
            yield f"{mark} {lane}{number % position}{headline}{remark}"
        else:
            yield f"  {lane}{number % position}{headline}"


def _columns(graph: RevisionGraph, order: Sequence[str]) -> tuple[Sequence[str], Sequence[int], Sequence[str]]:
    """The lanes of these revisions, with rows between them; their positions; their headlines, made printable."""
    if order == graph.order:
        rows: Sequence[str] = graph.drawing
        positions: Sequence[int] = range(1, len(order) + 1)
        headlines: Sequence[str] = graph.headlines
    else:
        rows = list(graph.draw(order))
        positions = [graph.position(revision) for revision in order]
        headlines = [graph.revisions[revision].headline for revision in order]
    if not "".join(headlines).isprintable():  # one question for all, which is as good as always answered with yes
        headlines = [printable(headline) for headline in headlines]
    return rows, positions, headlines


def history_json(graph: RevisionGraph, order: Sequence[str], display_path: Callable[[str], str]) -> dict[str, Any]:
    """The documented keys of `history`; revisions in the order given."""
    from limbeck.report.faults import faults_json

    positions = {revision: number for number, revision in enumerate(graph.order, 1)}
    return {
        "revisions": [
            revision_json(graph.revisions[revision], positions[revision], display_path) for revision in order
        ],
        "heads": list(graph.heads),
        "bases": list(graph.bases),
        "faults": faults_json(graph.faults, display_path),
    }


def revision_json(revision: Revision, position: int, display_path: Callable[[str], str]) -> dict[str, Any]:
    """One revision, with the documented keys."""
    return {
        "id": revision.id,
        "parents": list(revision.parents),
        "depends_on": list(revision.depends_on),
        "labels": list(revision.labels),
        "path": display_path(revision.path),
        "message": revision.message,
        "created": revision.created,
        "position": position,
    }

"""The chain in its order of execution, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from limbeck.report.faults import faults_json
from limbeck.report.lanes import ASCII, BOXES, lane_rows
from limbeck.report.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from limbeck.graph import RevisionGraph
    from limbeck.model.revision import Revision


def history_lines(
    graph: RevisionGraph,
    order: Sequence[str],
    *,
    current: Collection[str] = (),
    following: Collection[str] = (),
    reverse: bool = False,
    boxes: bool = True,
) -> Iterator[str]:
    """One line a revision, with its lane, its position, and where the database is.

    Args:
        order: the revisions to show, in the order of execution.
        current: rows of the version table; their revisions are marked `*`.
        following: revisions that an upgrade would run next; marked `>`.
        reverse: newest first.
        boxes: draw lanes with box characters; else with ASCII.
    """
    revisions = graph.revisions
    positions = {revision: number for number, revision in enumerate(graph.order, 1)}
    count, width = len(positions), len(str(len(positions)))
    parents = {revision: revisions[revision].parents for revision in order}
    rows = list(lane_rows(order, parents, BOXES if boxes else ASCII))
    if reverse:
        rows = [row._replace(lanes=row.lanes.translate(_UPSIDE_DOWN)) for row in reversed(rows)]
    for row in rows:
        if row.revision is None:
            yield "  " + row.lanes
            continue
        at, to_come = row.revision in current, row.revision in following
        mark = "*" if at else ">" if to_come else " "
        remark = "  <- the database is here" if at else "  <- next" if to_come else ""
        lanes = "o" if row.lanes == "{}" else row.lanes.format("o")
        words = _words(revisions[row.revision])
        yield f"{mark} {lanes}  #{positions[row.revision]:<{width}} of {count}  {words}{remark}"


_UPSIDE_DOWN = str.maketrans("┬╮┴╯\\/", "┴╯┬╮/\\")


def _words(revision: Revision) -> str:
    label = f" ({', '.join(revision.labels)})" if revision.labels else ""
    date = f"  {revision.created[:10]}" if revision.created else ""
    depends = f"  (depends on {', '.join(revision.depends_on)})" if revision.depends_on else ""
    message = revision.message.partition("\n")[0]
    return printable(f"{revision.id}{label}{date}  {message}{depends}")


def history_json(graph: RevisionGraph, order: Sequence[str], display_path: Callable[[str], str]) -> dict[str, Any]:
    """The documented keys of `history`; revisions in the order given."""
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

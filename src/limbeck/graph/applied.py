"""What the rows of a version table say has been applied."""

from __future__ import annotations

from limbeck.graph.identifiers import every
from limbeck.graph.links import reach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from limbeck.graph.graph import RevisionGraph

    Ids = tuple[str, ...]


def applied(graph: RevisionGraph, rows: Sequence[str]) -> set[str]:
    """The revisions of the rows and everything older, by `down_revision` and by `depends_on`.

    Raises:
        UnknownRevision: a row is not a revision.
    """
    return reach(every(graph, rows), graph.links.down)


def effective_current(graph: RevisionGraph, rows: Sequence[str]) -> Ids:
    """What `alembic current` prints: the newest applied revision of each line, older files first.

    A revision that another line depends on has no row of its own, and is current all the same.

    Raises:
        UnknownRevision: a row is not a revision.
    """
    done = applied(graph, rows)
    children = graph.links.children
    newest = [revision for revision in done if not any(child in done for child in children.get(revision, ()))]
    return tuple(sorted(newest, key=graph.links.place.__getitem__))

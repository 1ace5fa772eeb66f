"""Branch labels in force at each revision, as Alembic spreads them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from limbeck.graph.links import Links
    from limbeck.model.revision import Revision

    Ids = tuple[str, ...]


def labels_in_force(revisions: Mapping[str, Revision], links: Links) -> dict[str, Ids]:
    """Every revision that a label reaches, with its labels, sorted.

    A label holds for the revision that declares it and for all newer ones of its lines.  Where the line goes up to its
    head without branching or merging, it holds downwards too, as far as the next branch or merge point.
    """
    spread: dict[str, frozenset[str]] = {}
    if not links.names:
        return {}
    for identifier in links.ranked:
        labels = frozenset(revisions[identifier].labels)
        for parent in links.parents[identifier]:
            above = spread.get(parent)
            if above is not None:
                labels = above if labels <= above else labels | above
        if labels:
            spread[identifier] = labels
    for identifier in dict.fromkeys(links.names.values()):
        if _alone_to_the_head(identifier, links):
            _spread_down(identifier, links, spread)
    sorted_once: dict[frozenset[str], Ids] = {}
    for labels in spread.values():
        if labels not in sorted_once:
            sorted_once[labels] = tuple(sorted(labels))
    return {identifier: sorted_once[labels] for identifier, labels in spread.items()}


def _is_a_knot(identifier: str, links: Links) -> bool:
    """Whether lines branch or merge here; a revision that two others depend on counts as a branch point."""
    return len(links.followers.get(identifier, ())) > 1 or len(links.parents[identifier]) > 1


def _alone_to_the_head(identifier: str, links: Links) -> bool:
    while not _is_a_knot(identifier, links):
        children = links.children.get(identifier, ())
        if not children:
            return True
        identifier = children[0]
    return False


def _spread_down(identifier: str, links: Links, spread: dict[str, frozenset[str]]) -> None:
    labels = spread[identifier]
    while not _is_a_knot(identifier, links):
        if not labels <= spread.get(identifier, frozenset()):
            spread[identifier] = spread.get(identifier, frozenset()) | labels
        parents = links.parents[identifier]
        if not parents:
            return
        identifier = parents[0]

"""From what a user types to revisions: every identifier that Alembic takes, and no other.

A *symbol* is `heads`, `head`, `base`, a full identifier, a branch label, or the beginning of one of the last two; it
may be narrowed to a branch, as in `billing@head`.  What is relative (`abc+2`, `-1`) is a matter of `routes`, but `-2`
alone, and `billing@-2`, mean two below the heads.

A name resolves to a revision's identifier, to None (there is nothing there: `base`, or a walk that left the chain) or
to BASE (a walk that ended exactly below the first revision).
"""

from __future__ import annotations

from limbeck.graph.links import reach
from limbeck.model.errors import UnknownRevision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from limbeck.graph.graph import RevisionGraph

    Ids = tuple[str, ...]


class Base:
    """The place below the first revision."""


BASE = Base()

if TYPE_CHECKING:
    Found = str | Base | None


def resolve(graph: RevisionGraph, identifier: str | Sequence[str], current: Sequence[str] = ()) -> Ids:
    """The revisions that an identifier names, as `alembic show` takes it; none for `base`.

    Args:
        identifier: a symbol, or several; `current` stands for the rows of the version table.
        current: the rows of the version table.

    Raises:
        UnknownRevision: it names no revision, or more than it may.
    """
    if isinstance(identifier, str):
        found = several(graph, tuple(current) if identifier == "current" else identifier)
    else:
        found = tuple(one for each in identifier for one in resolve(graph, each, current))
    return tuple(require(one, identifier) for one in found)


def require(found: Found, named: str | Sequence[str] | None) -> str:
    """A revision's identifier, or a refusal when the name led below the first revision or beyond a head."""
    if isinstance(found, str):
        return found
    raise UnknownRevision(f"no revision there: {shown(named)} leads out of the chain", hint="limbeck history")


def shown(symbol: str | Sequence[str] | None) -> str:
    """A symbol, or several, for a message."""
    return symbol if isinstance(symbol, str) else ", ".join(symbol or ("base",))


def several(graph: RevisionGraph, symbol: str | Sequence[str] | None) -> tuple[Found, ...]:
    """Everything that a symbol, or several, names."""
    if symbol is not None and not isinstance(symbol, str):
        return tuple(found for each in symbol for found in several(graph, each))
    names, branch = _split(graph, symbol)
    if len(names) == 1:
        steps = _whole_number(names[0])
        if steps is not None and steps < 0:
            heads = graph.real_heads
            if branch is not None:
                heads = tuple(head for head in heads if branch in graph.labels(head))
            return tuple(walk(graph, head, steps) for head in heads)
    return tuple(known(graph, name, branch) for name in names)


def every(graph: RevisionGraph, symbols: Sequence[str]) -> Ids:
    """The revisions that some symbols name, such as the rows of a version table; none may lead out of the chain."""
    return tuple(require(found, symbols) for found in several(graph, tuple(symbols)))


def single(graph: RevisionGraph, symbol: str | None) -> str | None:
    """The one revision that a symbol names; None for `base`."""
    names, branch = _split(graph, symbol)
    if len(names) > 1:
        raise _too_many(symbol or "heads", names)
    return known(graph, names[0] if names else None, branch)


def known(graph: RevisionGraph, name: str | None, branch: str | None = None) -> str | None:
    """The revision with this identifier or label, or with the only one that begins so.

    Args:
        name: None stands for the place below the first revision.
        branch: the revision must be on the line of this label or revision.
    """
    anchor = _anchor(graph, branch) if branch else None
    if name is None:
        return None
    revision = _exact(graph, name)
    if revision is None:
        revision = _abbreviated(graph, name, branch)
    if anchor is not None and revision not in kin(graph, (anchor,)):
        raise UnknownRevision(f"revision {revision} is not on the branch {branch}", hint="limbeck branches")
    return revision


def on_line(
    graph: RevisionGraph, candidates: Iterable[Found], against: str | None, *, with_needs: bool = False
) -> tuple[Found, ...]:
    """The candidates that are older or newer than what `against` names, or are it; all of them for `base`."""
    candidates = tuple(candidates)
    names, branch = _split(graph, against)
    shares = ((branch,) if branch else ()) + names
    if not shares or not candidates:
        return candidates
    revisions = [_of_candidate(graph, candidate) for candidate in candidates]
    anchors = tuple(require(known(graph, share), share) for share in shares)
    line = kin(graph, anchors, with_needs=with_needs)
    return tuple(candidate for candidate, revision in zip(candidates, revisions, strict=True) if revision in line)


def kin(graph: RevisionGraph, anchors: Ids, *, with_needs: bool = False) -> set[str]:
    """The anchors with everything older and newer on their lines; `depends_on` counts on demand."""
    links = graph.links
    if with_needs:
        return reach(anchors, links.down) | reach(anchors, links.followers)
    return reach(anchors, links.parents) | reach(anchors, links.children)


def walk(
    graph: RevisionGraph, start: str | None, steps: int, branch: str | None = None, *, strict: bool = True
) -> Found:
    """So many steps up from a revision, or down when `steps` is negative.

    Args:
        start: None begins below the first revision when walking up, at the heads when walking down.
        branch: when walking up, only along this label's or revision's line.
        strict: None when the chain ends too early; else stop there.

    Raises:
        UnknownRevision: there is more than one way to go.
    """
    at: Found = start
    for _ in range(abs(steps)):
        ways: tuple[Found, ...]
        if steps > 0:
            ways = graph.bases if at is None else graph.children(require(at, "base"))
            if branch:
                ways = on_line(graph, ways, branch)
        elif at is None:
            ways = graph.heads or (BASE,)
        else:
            ways = (graph.revisions[at].parents or (BASE,)) if isinstance(at, str) else ()
        if not ways:
            return None if strict else at
        if len(ways) > 1:
            raise UnknownRevision(
                f"more than one way to go from {at if isinstance(at, str) else 'there'}: "
                + ", ".join(way for way in ways if isinstance(way, str)),
                hint="name the revision in full; limbeck branches shows where the lines part",
            )
        at = ways[0]
    return at


def _split(graph: RevisionGraph, symbol: str | None) -> tuple[Ids, str | None]:
    """The identifiers or labels that a symbol stands for, and the branch it is narrowed to."""
    branch = None
    if symbol is not None and "@" in symbol:
        branch, symbol = symbol.split("@", 1)
    if symbol == "heads":
        if branch:
            return tuple(require(head, branch) for head in on_line(graph, graph.heads, branch)), branch
        return graph.real_heads, branch
    if symbol == "head":
        heads = graph.heads
        if branch:
            heads = tuple(require(head, branch) for head in on_line(graph, heads, branch))
        if len(heads) > 1:
            raise _too_many(f"{branch}@head" if branch else "head", heads)
        return heads, branch
    if symbol == "base" or symbol is None:
        return (), branch
    return (symbol,), branch


def _anchor(graph: RevisionGraph, branch: str) -> str:
    """The revision that a branch is named after: by its label, or by an identifier or the beginning of either."""
    exact = _exact(graph, branch)
    if exact is not None:
        return exact
    try:
        return _abbreviated(graph, branch, None)
    except UnknownRevision as error:
        raise UnknownRevision(f"no such branch: {branch}", hint="limbeck branches") from error


def _exact(graph: RevisionGraph, name: str) -> str | None:
    return name if name in graph.revisions else graph.labelled(name)


def _abbreviated(graph: RevisionGraph, name: str, branch: str | None) -> str:
    """The only identifier or label (of four characters or more) that begins with `name`, on the branch if given."""
    names = (*graph.revisions, *graph.names)
    matches: tuple[Found, ...] = tuple(each for each in names if name and len(each) > 3 and each.startswith(name))
    if branch:
        matches = on_line(graph, matches, branch)
    if not matches:
        from limbeck.graph.similar import nearest

        near = nearest(name, names)
        raise UnknownRevision(
            f"no such revision: {name}", hint=f"did you mean {near}?" if near else "limbeck history lists them all"
        )
    if len(matches) > 1:
        shown = ", ".join(str(match) for match in matches[:3])
        raise UnknownRevision(
            f"more than one revision begins with {name}: {shown}{', ...' if len(matches) > 3 else ''}",
            hint="type more of it",
        )
    match = matches[0]
    return require(_exact(graph, require(match, name)), name)


def _of_candidate(graph: RevisionGraph, candidate: Found) -> str:
    if isinstance(candidate, str) and candidate in graph.revisions:
        return candidate
    if isinstance(candidate, str):
        return require(known(graph, candidate), candidate)
    return require(candidate, "base")


def _whole_number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _too_many(symbol: str, heads: Ids) -> UnknownRevision:
    return UnknownRevision(
        f"{symbol} is more than one revision: {', '.join(heads)}",
        hint="heads takes them all; BRANCH@head takes one; alembic merge heads joins them",
    )

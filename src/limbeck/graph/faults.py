"""Faults of a chain: what is wrong between files that can each be read."""

from __future__ import annotations

import os

from limbeck.graph.cycles import cyclic_groups
from limbeck.graph.similar import nearest, similar_pairs
from limbeck.model.revision import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from limbeck.graph.graph import RevisionGraph
    from limbeck.model.revision import Revision

_ILLEGAL = frozenset("@-+:")
_RESERVED = frozenset(("head", "heads", "base", "current"))


def chain_faults(graph: RevisionGraph, revisions: Sequence[Revision], *, width: int) -> tuple[Fault, ...]:
    """Everything wrong between the files, in the order of the rules below.

    Args:
        graph: the revisions, with labels in `depends_on` resolved.
        revisions: all that were read, those among them that share an identifier.
        width: how many characters the column of the version table holds.
    """
    return (
        *_illegal_ids(graph),
        *_duplicate_ids(graph, revisions),
        *_unknown_names(graph, revisions),
        *_empty_needs(revisions),
        *_loops(graph),
        *_duplicate_labels(graph, revisions),
        *_several_heads(graph),
        *_long_ids(graph, width),
        *_similar_ids(graph),
    )


def _illegal_ids(graph: RevisionGraph) -> Iterator[Fault]:
    for identifier in graph.revisions:
        if _ILLEGAL.isdisjoint(identifier) and identifier not in _RESERVED:
            continue
        revision = graph.revisions[identifier]
        wrong = sorted(_ILLEGAL.intersection(identifier))
        if wrong:
            message = f"revision {identifier!r} contains {' '.join(wrong)}, which mean something else in an identifier"
        else:
            message = f"revision {identifier!r} is a word with a meaning of its own"
        yield Fault(
            "illegal-id",
            revision.path,
            revision.line,
            message,
            "give it another in its file and in those that name it, before it has run anywhere",
            bool(wrong),
        )


def _duplicate_ids(graph: RevisionGraph, revisions: Sequence[Revision]) -> Iterator[Fault]:
    if len(revisions) == len(graph.revisions):
        return
    first: dict[str, Revision] = {}
    for revision in revisions:
        other = first.setdefault(revision.id, revision)
        if other is not revision:
            yield Fault(
                "duplicate-id",
                revision.path,
                revision.line,
                f"revision {revision.id} is in two files: {other.path} and {revision.path}",
                "give one of them another identifier; until then the second file counts here",
            )


def _unknown_names(graph: RevisionGraph, revisions: Sequence[Revision]) -> Iterator[Fault]:
    known, names = graph.revisions, {label for revision in revisions for label in revision.labels}
    for revision in revisions:
        for parent in revision.parents:
            if parent not in known:
                yield Fault(
                    "unknown-parent",
                    revision.path,
                    line_of("down_revision", revision),
                    f"down_revision of {revision.id} names {parent!r}, which is no revision",
                    _meant(graph, parent),
                )
        for need in revision.depends_on if revision.depends_on != ("",) else ():
            if need not in known and need not in names:
                yield Fault(
                    "unknown-dependency",
                    revision.path,
                    line_of("depends_on", revision),
                    f"depends_on of {revision.id} names {need!r}, which is no revision and no branch label",
                    _meant(graph, need),
                )


def _meant(graph: RevisionGraph, name: str) -> str:
    """Which revision a name that is none may stand for."""
    revisions = graph.revisions
    labelled = graph.links.names.get(name)
    if labelled is not None:
        return f"that is a branch label, of {labelled}; write {labelled!r}"
    file_name = os.path.basename(name)
    stem = file_name.removesuffix(".py")
    for revision in revisions.values():
        if os.path.basename(revision.path).removesuffix(".py") == stem and stem:
            return f"that is the name of a file, whose revision is {revision.id}; write {revision.id!r}"
    longer = [identifier for identifier in revisions if len(name) > 3 and identifier.startswith(name)]
    if len(longer) == 1:
        return f"files take no abbreviations; write it in full: {longer[0]!r}"
    near = nearest(name, revisions)
    if near is not None:
        return f"did you mean {near!r}?"
    return "bring back its file, or name another revision: limbeck history lists them"


def _empty_needs(revisions: Sequence[Revision]) -> Iterator[Fault]:
    for revision in revisions:
        if revision.depends_on == ("",) and not revision.parents:
            yield Fault(
                "dependency-loop",
                revision.path,
                line_of("depends_on", revision),
                f"depends_on of {revision.id} is an empty string, which Alembic takes for a loop in a first revision",
                "write depends_on = None",
            )


def _loops(graph: RevisionGraph) -> Iterator[Fault]:
    revisions = graph.revisions
    for revision in revisions.values():
        if revision.id in revision.parents:
            yield _loop("cycle", (revision.id,), graph, "down_revision")
        if revision.id in revision.depends_on:
            yield _loop("dependency-loop", (revision.id,), graph, "depends_on")
    for group in graph.links.cycles:
        members = set(group)
        parents = {i: tuple(p for p in revisions[i].parents if p in members and p != i) for i in group}
        by_parents = cyclic_groups(parents)
        for cycle in by_parents:
            yield _loop("cycle", cycle, graph, "down_revision")
        if not by_parents:
            yield _loop("dependency-loop", group, graph, "depends_on")


def _loop(rule: str, members: Sequence[str], graph: RevisionGraph, name: str) -> Fault:
    """A loop, told in the order of the files, at the first of its members."""
    ordered = sorted(members, key=graph.links.place.__getitem__)
    at = graph.revisions[next((m for m in ordered if getattr(graph.revisions[m], "depends_on", ())), ordered[0])]
    if name == "down_revision":
        at = graph.revisions[ordered[0]]
    if len(ordered) == 1:
        message = f"revision {at.id} names itself in {name}"
    else:
        by = "" if name == "down_revision" else ", through depends_on"
        message = f"revisions stand on each other{by}: {', '.join(ordered)}"
    return Fault(rule, at.path, line_of(name, at), message, f"change {name} in one of them, so that one comes first")


def _duplicate_labels(graph: RevisionGraph, revisions: Sequence[Revision]) -> Iterator[Fault]:
    first: dict[str, Revision] = {}
    for revision in revisions:
        for label in revision.labels:
            other = first.get(label) or graph.revisions.get(label)
            first.setdefault(label, revision)
            if other is not None:
                whose = "twice" if other is revision and label != revision.id else f"already, as that of {other.id}"
                yield Fault(
                    "duplicate-label",
                    revision.path,
                    line_of("branch_labels", revision),
                    f"branch label {label!r} of {revision.id} is there {whose}",
                    "choose another label; a label names one line, and no label may be an identifier",
                )


def _several_heads(graph: RevisionGraph) -> Iterator[Fault]:
    heads = graph.heads
    if len(heads) > 1:
        path = os.path.dirname(graph.revisions[heads[0]].path)
        shown = ", ".join(heads[:6]) + (f" and {len(heads) - 6} more" if len(heads) > 6 else "")
        yield Fault(
            "multiple-heads",
            path,
            1,
            f"there are {len(heads)} heads: {shown}",
            "alembic merge heads joins them; where the lines are separate on purpose, upgrade to heads",
            broken=False,
        )


def _long_ids(graph: RevisionGraph, width: int) -> Iterator[Fault]:
    for revision in graph.revisions.values():
        if len(revision.id) > width:
            yield Fault(
                "id-too-long",
                revision.path,
                revision.line,
                f"revision {revision.id} has {len(revision.id)} characters; the version table holds {width}",
                "give it a shorter one in its file and in those that name it, before it has run anywhere",
                broken=False,
            )


def _similar_ids(graph: RevisionGraph) -> Iterator[Fault]:
    for one, other in similar_pairs(tuple(graph.revisions)):
        revision = graph.revisions[other]
        yield Fault(
            "similar-ids",
            revision.path,
            revision.line,
            f"revision {other} is easily taken for {one}",
            "give one of them another identifier, before it has run anywhere",
            broken=False,
        )


def line_of(name: str, revision: Revision) -> int:
    """The line on which a file assigns a name for the last time; that of `revision` when there is none."""
    import re

    try:
        with open(revision.path, "rb") as file:
            lines = file.read().splitlines()
    except OSError:
        return revision.line
    assignment = re.compile(rb"\s*%s\b\s*(?::[^=]*)?\+?=" % name.encode())
    found = [number for number, line in enumerate(lines, 1) if assignment.match(line)]
    return found[-1] if found else revision.line

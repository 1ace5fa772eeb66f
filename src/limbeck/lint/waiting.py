"""Who waits while a statement works, and on what it works: what the blocking rules have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from limbeck.lint.subject import Holding, Subject
from limbeck.model.facts import Facts, RelationKind, Touched
from limbeck.sql.words import is_about_rows


class Work(NamedTuple):
    """What a statement did whose length grows with tables that existed before.

    Attributes:
        rewritten: tables and indexes that were written anew.
        scanned: tables that were read from end to end by something that is no query.
        changed: tables that a query or a change of rows read from end to end, or of which it changed every row.
    """

    rewritten: tuple[Touched, ...]
    scanned: tuple[Touched, ...]
    changed: tuple[Touched, ...]

    def __bool__(self) -> bool:
        return bool(self.rewritten or self.scanned or self.changed)


def work(subject: Subject, facts: Facts) -> Work:
    """The work of a statement on what existed before and is not small."""
    large = [each for each in facts.relations if subject.existed(each) and subject.is_large(each)]
    rewritten = tuple(each for each in large if each.rewritten and each.kind is not RelationKind.SEQUENCE)
    whole = [each for each in large if each.scanned and each.kind.has_rows]
    scanned = tuple(each for each in whole if not each.rewritten and not each.truncated)
    every = {each.name for each in large if each.rows and each.updated + each.deleted >= each.rows}
    if not is_about_rows(facts.sql):  # a block may change rows too, beside what else it does
        changed = tuple(each for each in large if each.kind.has_rows and each.name in every)
        return Work(rewritten, tuple(each for each in scanned if each not in changed), changed)
    changed = tuple(each for each in large if each.kind.has_rows and (each.scanned or each.name in every))
    return Work(rewritten, (), changed)


def blocked(subject: Subject, facts: Facts) -> tuple[Mapping[str, Holding], Mapping[str, Holding]]:
    """What is kept from readers and writers while the statement runs, and what only from writers."""
    held = subject.locked(facts)
    reads = {name: holding for name, holding in held.items() if holding.mode.blocks_reads}
    return reads, {name: holding for name, holding in held.items() if name not in reads}


def names(relations: Mapping[str, Holding] | tuple[Touched, ...]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    found = sorted({each if isinstance(each, str) else each.name for each in relations})
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def are(relations: tuple[Touched, ...]) -> str:
    """The verb behind the names."""
    return "is" if len({each.name for each in relations}) == 1 else "are"


def who_waits(subject: Subject, facts: Facts) -> str:
    """Who waits while the statement runs, and for what."""
    reads, writes = blocked(subject, facts)
    parts = []
    if reads:
        parts.append(f"readers and writers of {names(reads)} wait")
    if writes:
        parts.append(f"writers of {names(writes)} wait")
    return ", ".join(parts)


def since(subject: Subject, facts: Facts) -> str:
    """The locks that earlier statements took, with their lines."""
    earlier = {name: holding for name, holding in subject.locked(facts).items() if holding.since is not facts}
    told = [
        f"{holding.mode} on {name} since line {holding.since.span.line}"
        for name, holding in sorted(earlier.items())
        if holding.since.span is not None
    ]
    return ", ".join(told)


def lock_words(subject: Subject, facts: Facts) -> str:
    """The locks that keep others away while the statement runs: `SHARE on orders`, `... (since line 18)`."""
    told = []
    for name, holding in sorted(subject.locked(facts).items()):
        span = holding.since.span
        earlier = f" (since line {span.line})" if holding.since is not facts and span is not None else ""
        told.append(f"{holding.mode} on {name}{earlier}")
    return ", ".join(told)

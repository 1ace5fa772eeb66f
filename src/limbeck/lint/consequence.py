"""What a measured statement means for those who use the database meanwhile: locks, who waits, and on what it works."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from limbeck.lint.subject import Holding, Subject, Tables
from limbeck.lint.waiting import Work, blocked, work
from limbeck.model.facts import Facts, LockMode
from limbeck.model.sizes import Size


class Lock(NamedTuple):
    """A lock that keeps somebody away while a statement runs, on what existed before.

    Attributes:
        relation: its name.
        mode: how strong it is.
        since: the earlier statement of the transaction that took it; None when the statement itself did.
    """

    relation: str
    mode: LockMode
    since: Facts | None


class Consequence(NamedTuple):
    """What one statement means for others.

    Attributes:
        facts: the statement.
        locks: by relation.
        readers: tables whose readers and writers wait.
        writers: tables whose writers alone wait.
        rewritten: tables that existed before and are written anew, or of which an index is.
        scanned: those that are read from end to end.
        changed: those whose rows a query reads all or changes.
        is_long: whether the work grows with a table that is not tiny.
    """

    facts: Facts
    locks: tuple[Lock, ...]
    readers: tuple[str, ...]
    writers: tuple[str, ...]
    rewritten: tuple[str, ...]
    scanned: tuple[str, ...]
    changed: tuple[str, ...]
    is_long: bool

    @property
    def weight(self) -> int:
        """How much it is felt: 0 by nobody, 1 for an instant, 2 as work only, 3 by writers, 4 by readers."""
        if not self.is_long:
            return int(bool(self.locks))
        return 4 if self.readers else 3 if self.writers else 2


def consequences(subject: Subject) -> Iterator[Consequence]:
    """What the statements of a revision mean for others, in their order."""
    of_any_size = subject.with_tables(Tables(subject.tables.hot))
    for facts in subject.statements:
        reads, writes = blocked(subject, facts)
        yield Consequence(
            facts,
            tuple(_lock(name, holding, facts) for name, holding in sorted({**reads, **writes}.items())),
            tuple(sorted(reads)),
            tuple(sorted(writes)),
            *_tables(work(of_any_size, facts)),
            bool(work(subject, facts)),
        )


def _lock(name: str, holding: Holding, facts: Facts) -> Lock:
    return Lock(name, holding.mode, None if holding.since is facts else holding.since)


def _tables(done: Work) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    rewritten, scanned, changed = (tuple(sorted({each.table for each in group})) for group in done)
    return rewritten, tuple(name for name in scanned if name not in rewritten), changed


def waits_words(found: Consequence, sizes: Mapping[str, Size], *, sized: bool = True) -> str:
    """Who waits, while what is done to which tables: a line without a full stop.

    Args:
        sizes: of the real tables.
        sized: write the size behind the name of a table.
    """
    known = sizes if sized else {}
    waiting = _who(found, known)
    doing = _doing(found, known, waiting is not None)
    if waiting is None:
        return f"nobody waits{doing}" if doing else "nobody waits"
    return f"{waiting}{doing if found.is_long else ' for an instant'}"


def _who(found: Consequence, sizes: Mapping[str, Size]) -> str | None:
    parts = []
    if found.readers:
        parts.append(f"readers and writers of {listed(found.readers, sizes)} wait")
    if found.writers:
        parts.append(f"writers of {listed(found.writers, sizes)} wait")
    return ", ".join(parts) or None


def _doing(found: Consequence, sizes: Mapping[str, Size], told: bool) -> str:
    waiting = (*found.readers, *found.writers)
    parts = []
    for tables, one, many in (
        (found.rewritten, "is written anew", "are written anew"),
        (found.scanned, "is read from end to end", "are read from end to end"),
    ):
        if tables:
            same = told and tables == waiting
            subject = ("it" if len(tables) == 1 else "they") if same else listed(tables, {} if told else sizes)
            parts.append(f"{subject} {one if len(tables) == 1 else many}")
    if found.changed:
        same = told and found.changed == waiting
        whose = ("its" if len(found.changed) == 1 else "their") if same else "the"
        of = "" if same else f" of {listed(found.changed, {} if told else sizes)}"
        parts.append(f"{whose} rows{of} are gone through")
    return f" while {' and '.join(parts)}" if parts else ""


def listed(names: Iterable[str], sizes: Mapping[str, Size]) -> str:
    """`a (empty), b and c (about 10 rows, 8 kB)`."""
    told = [f"{name} ({sizes[name]})" if name in sizes else name for name in names]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"

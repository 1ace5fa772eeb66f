"""What a session holds and has counted at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from limbeck.lint.rehearse.queries import Group
from limbeck.model.facts import LockMode

Counts = tuple[int, int, int, int]
_NONE: Counts = (0, 0, 0, 0)
_DESCRIBED = ("r", "p", "v", "m", "f", "S")


class Observed(NamedTuple):
    """One answer of the server.

    Attributes:
        transaction: the virtual transaction's identifier; empty before the first look.
        locks: the strongest mode in which each relation is locked, by its number.
        files: the file of each locked relation.
        counts: of each locked relation: scans from end to end, rows that came, changed and went.
        stamp: digest of what belongs to no table.
        settings: session settings.
        mark: transactions of this number and of later ones had written nothing that others see.
        tables: which of what is locked is a table or like one, neither an index nor where long values are kept.
        written: how many rows of the server's own tables the session had written, by group; None when nobody counts.
    """

    transaction: str
    locks: Mapping[int, LockMode]
    files: Mapping[int, int]
    counts: dict[int, Counts]
    stamp: str
    settings: Mapping[str, str]
    mark: int
    tables: frozenset[int]
    written: Mapping[Group, int] | None

    @classmethod
    def nothing(cls) -> Observed:
        """Before the first look."""
        return cls("", {}, {}, {}, "", {}, 0, frozenset(), None)

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Observed:
        """From the answer to the query OBSERVE."""
        locks: dict[int, LockMode] = {}
        found: dict[int, Sequence[Any]] = {}
        for number, name, *rest in answer["locks"] or ():
            mode = LockMode.of_server(name)
            locks[number] = max(mode, locks.get(number, mode))
            if rest[0] is not None:  # else it was dropped
                found[number] = rest
        written = answer["written"]
        return cls(
            answer["transaction"],
            locks,
            {number: file for number, (file, *_) in found.items()},
            {number: (scans, *changed) for number, (_, _, scans, *changed) in found.items()},
            "",
            answer["settings"],
            int(answer["mark"]),
            frozenset(number for number, (_, kind, *_) in found.items() if kind in _DESCRIBED),
            None if written is None else {Group(group): count for group, count in written.items()},
        )

    def written_since(self, before: Observed) -> frozenset[Group]:
        """Of which groups the session has written something since an earlier moment; all when it is not known."""
        if self.written is None or before.written is None or self.transaction != before.transaction:
            return frozenset(Group)
        return frozenset(group for group, count in self.written.items() if count != before.written[group])

    def in_new_transaction(self) -> Observed:
        """The same counts at the beginning of another transaction, in which nothing is locked yet."""
        return self._replace(locks={})

    def with_stamp(self, stamp: str) -> Observed:
        """With the digest of what belongs to no table."""
        return self._replace(stamp=stamp)

    def with_counts(self, rows: Iterable[Sequence[int]]) -> Observed:
        """With the counts that were there before anything was locked, from the answer to the query COUNTED."""
        return self._replace(counts={row[0]: (row[1], row[2], row[3], row[4]) for row in rows})

    def with_counts_of(self, before: Observed) -> Observed:
        """With what was counted before of relations that are not locked."""
        return self._replace(counts={**before.counts, **self.counts})

    def counts_since(self, before: Observed, number: int) -> Counts:
        """What was counted of a relation since an earlier moment.

        The server carries counts over a commit until it has written them away; then they begin at zero again.
        """
        now, then = self.counts.get(number, _NONE), before.counts.get(number, _NONE)
        if any(late < early for late, early in zip(now, then, strict=True)):
            return now
        scans, inserted, updated, deleted = (late - early for late, early in zip(now, then, strict=True))
        return scans, inserted, updated, deleted

"""What a session holds and has counted at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from limbeck.model.facts import LockMode

Counts = tuple[int, int, int, int]
_NONE: Counts = (0, 0, 0, 0)


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
    """

    transaction: str
    locks: Mapping[int, LockMode]
    files: Mapping[int, int]
    counts: dict[int, Counts]
    stamp: str
    settings: Mapping[str, str]
    mark: int

    @classmethod
    def nothing(cls) -> Observed:
        """Before the first look."""
        return cls("", {}, {}, {}, "", {}, 0)

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Observed:
        """From the answer to the query OBSERVE."""
        locks: dict[int, LockMode] = {}
        for number, name in answer["locks"] or ():
            mode = LockMode.of_server(name)
            locks[number] = max(mode, locks.get(number, mode))
        rows = answer["relations"] or ()
        return cls(
            answer["transaction"],
            locks,
            {row[0]: row[1] for row in rows},
            {row[0]: (row[3], row[4], row[5], row[6]) for row in rows},
            answer["stamp"] or "",
            answer["settings"],
            int(answer["mark"]),
        )

    def in_new_transaction(self) -> Observed:
        """The same counts at the beginning of another transaction, in which nothing is locked yet."""
        return self._replace(locks={})

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

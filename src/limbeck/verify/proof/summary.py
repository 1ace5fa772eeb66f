"""What is kept of a revision's proof for that of the whole chain, and for the next time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from limbeck.database.catalogue import Action, Identity, Kind
from limbeck.verify.proof.seen import Seen


class Summary(NamedTuple):
    """One revision.

    Attributes:
        revision: its identifier.
        goes_back: whether a way back came to its end, on tables without rows at least.
        told: what its way back leaves, loses or invents.
        touched: what its upgrade makes, drops or changes.
        by_nature: how much of what only it made is lost on the way down: tables, columns.
    """

    revision: str
    goes_back: bool
    told: frozenset[Identity]
    touched: frozenset[Identity]
    by_nature: tuple[int, int]


def summary(seen: Seen) -> Summary:
    """Of what was seen."""
    counted = seen.by_nature()
    return Summary(
        seen.revision.id,
        seen.back is not None,
        frozenset(each.identity for each in seen.changes),
        frozenset(_touched(seen)),
        (counted.get("tables", 0), counted.get("columns", 0)),
    )


def _touched(seen: Seen) -> Iterator[Identity]:
    """Objects, and where one is dropped or renamed, all that belong to it."""
    for change in seen.made:
        yield change.identity
        if change.was is not None:
            yield change.was
        if change.action is Action.DROPPED and change.identity.kind == Kind.TABLE:
            yield change.identity

"""In which order tables can be filled: what is pointed to before what points to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from limbeck.database.catalogue import Identity
from limbeck.database.rows.table import Reference, Table


class Order(NamedTuple):
    """The tables in the order in which they are filled.

    Attributes:
        tables: all of them.
        open: references of a table to one that comes later; their columns stay NULL at first.
        promised: references of a table to one that comes later, checked at the end; their values are promised.
        rings: for tables of which none can be the first, the names around the ring.
    """

    tables: tuple[Table, ...]
    open: Mapping[Identity, tuple[Reference, ...]]
    promised: Mapping[Identity, tuple[Reference, ...]]
    rings: Mapping[Identity, tuple[str, ...]]


def order(tables: Sequence[Table]) -> Order:
    """The order; a table that points to itself is no ring."""
    waiting = {table.identity: table for table in tables}
    needs = {table.identity: _needs(table, waiting) for table in tables}
    found: list[Table] = []
    opened: dict[Identity, list[Reference]] = {}
    promised: dict[Identity, list[Reference]] = {}
    rings: dict[Identity, tuple[str, ...]] = {}
    while waiting:
        ready = [identity for identity in waiting if not any(ref.table in waiting for ref in needs[identity])]
        if not ready:
            ring = _ring(waiting, needs)
            identity, cut, kind = _cut(ring, waiting, needs)
            if kind == "ring":
                rings[identity] = tuple(member.qualified for member in ring)
            else:
                (opened if kind == "open" else promised).setdefault(identity, []).extend(cut)
            needs[identity] = [reference for reference in needs[identity] if reference not in cut]
            continue
        found += [waiting.pop(identity) for identity in ready]
    return Order(
        tuple(found),
        {identity: tuple(references) for identity, references in opened.items()},
        {identity: tuple(references) for identity, references in promised.items()},
        rings,
    )


def without_promises(ordered: Order) -> Order:
    """The same, with the tables given up that could be filled by promises only."""
    given_up = {
        identity: (identity.qualified, *(reference.table.qualified for reference in references))
        for identity, references in ordered.promised.items()
    }
    return ordered._replace(promised={}, rings={**ordered.rings, **given_up})


def _needs(table: Table, known: Mapping[Identity, Table]) -> list[Reference]:
    return [ref for ref in table.references if ref.table in known and ref.table != table.identity]


def _ring(waiting: Mapping[Identity, Table], needs: Mapping[Identity, list[Reference]]) -> list[Identity]:
    """Tables each of which points to the next, the last to the first."""
    path = [next(iter(waiting))]
    while True:
        following = next(ref.table for ref in needs[path[-1]] if ref.table in waiting)
        if following in path:
            return path[path.index(following) :]
        path.append(following)


def _cut(
    ring: Sequence[Identity], tables: Mapping[Identity, Table], needs: Mapping[Identity, list[Reference]]
) -> tuple[Identity, list[Reference], str]:
    """Where the ring is opened: at a reference that may be NULL, else at one that waits, else by force."""
    steps = [
        (identity, [ref for ref in needs[identity] if ref.table == ring[(place + 1) % len(ring)]])
        for place, identity in enumerate(ring)
    ]
    for identity, references in steps:
        if all(may_be_null_in(tables[identity], reference) for reference in references):
            return identity, references, "open"
    for identity, references in steps:
        if all(reference.deferrable or may_be_null_in(tables[identity], reference) for reference in references):
            return identity, references, "promised"
    return *steps[0], "ring"


def may_be_null_in(table: Table, reference: Reference) -> bool:
    """Whether a row need not point anywhere."""
    return any(column.nullable for column in table.columns if column.name in reference.columns)

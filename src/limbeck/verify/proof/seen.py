"""What the checks ask of a trip: what the way back left, lost and changed, and where in the file to look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from limbeck.database.catalogue import Action, Catalogue, Change, Identity, Kind, outermost
from limbeck.database.rows import RowsChange, compare
from limbeck.model.revision import Revision, Span
from limbeck.verify.proof.places import Places
from limbeck.verify.proof.separated import separated
from limbeck.verify.proof.trip import Back, On, Trip, bare

if TYPE_CHECKING:
    from limbeck.verify.proof.trip import Issued

_TAKES = re.compile(r"\s*(drop|delete|truncate|replace)\b", re.IGNORECASE)


class Seen:
    """One revision's trip, as the checks look at it.

    Attributes:
        revision: the revision.
        trip: what was seen.
        places: where to look.
    """

    def __init__(self, revision: Revision, trip: Trip) -> None:
        """Nothing is compared yet."""
        self.revision = revision
        self.trip = trip
        self.places = Places(revision.path)

    @cached_property
    def back(self) -> Back | None:
        """The way back that came to its end; None when none did, or when something stood in the way of proving."""
        ways = self.trip.ways
        return ways[-1] if ways and ways[-1].stopped is None and self.trip.left_out is None else None

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """From the catalogue before the upgrade to the one after the way back."""
        if self.back is None or self.back.catalogue is None:
            return ()
        found = without_own_indexes(outermost(separated(self.trip.before, self.back.catalogue)))
        return without_keys_renamed(found, self.trip.before)

    @cached_property
    def made(self) -> tuple[Change, ...]:
        """From the catalogue before the upgrade to the one after it."""
        return separated(self.trip.before, self.trip.after)

    @property
    def does_nothing_back(self) -> bool:
        """Whether the way back issues no statement, and the upgrade has changed the catalogue."""
        return self.back is not None and not self.back.issued and bool(self.changes)

    @property
    def changes_told(self) -> tuple[Change, ...]:
        """The changes that are told one by one."""
        return () if self.does_nothing_back else self.changes

    def left(self) -> Iterator[Change]:
        """What is there after the way back, was not before the upgrade, and was after it."""
        for change in self.changes_told:
            if change.action is Action.CREATED and change.identity in self.trip.after.objects:
                yield change

    def invented(self) -> Iterator[Change]:
        """What is there after the way back, and never was before."""
        for change in self.changes_told:
            if change.action is Action.CREATED and change.identity not in self.trip.after.objects:
                yield change

    def lost(self) -> Iterator[Change]:
        """What was there before the upgrade, and is not, or is not the same, after the way back."""
        for change in self.changes_told:
            if change.action is not Action.CREATED:
                yield change

    def taken(self, change: Change) -> bool:
        """Whether the way back itself took or changed it, and not the upgrade."""
        identity = change.was or change.identity
        before, after = self.trip.before.objects.get(identity), self.trip.after.objects.get(identity)
        if change.action is Action.CHANGED and before is not None and after is not None:
            return before.get(change.property_name) == after.get(change.property_name)
        return after is not None

    def span(self, identity: Identity) -> Span:
        """The line of `downgrade` that names an object; where there is none, the function."""
        named = self._naming(identity)
        return named.span if named is not None and named.span is not None else self.places.downgrade()

    def statement(self, identity: Identity) -> str | None:
        """The statement of that line."""
        named = self._naming(identity)
        return None if named is None else named.sql

    def upgrade_span(self, identity: Identity) -> Span:
        """The line of `upgrade` that names an object; where there is none, the function."""
        named = self.places.naming(identity, self.trip.issued)
        return named.span if named is not None and named.span is not None else self.places.function("upgrade")

    def _naming(self, identity: Identity) -> Issued | None:
        return self.places.naming(identity, self.back.issued if self.back is not None else ())

    @cached_property
    def rows(self) -> tuple[RowsChange, ...]:
        """What became of the rows that were there before, table by table; of those that are not the same."""
        back, before = self.back, self.trip.rows
        if back is None or back.on is On.NONE:
            return ()
        given_up = self._given_up()
        others = sorted(table for table in back.rows if table in before and before[table] != back.rows[table])
        compared = (compare(before[table], back.rows[table]) for table in others)
        kept = (each._replace(lost=()) if each.table.name in given_up else each for each in compared)
        return tuple(each for each in kept if not each.kept)

    def _given_up(self) -> frozenset[str]:
        """The tables of which the file declares that rows cannot go back, and that have lost them."""
        removed = self.back is not None and self.back.on is On.ALLOWED
        declared = {bare(each.declaration.table) for each in self.trip.declared if each.rows is None or removed}
        if not declared:
            return frozenset()
        objects = self.trip.before.objects
        parts = {
            table.name
            for table in self.trip.before.tables
            for parents in (objects[table].get("partition of"), objects[table].get("inherits"))
            if parents is not None and declared.intersection(map(bare, parents.split(", ")))
        }
        return frozenset(declared | parts)

    def was_dropped(self, table: Identity, column: str | None = None) -> bool:
        """Whether the upgrade dropped a table or a column of it, or made it anew."""
        identity = table if column is None else Identity(Kind.COLUMN, table.schema, column, table.name)
        after = self.trip.after
        return identity not in after.objects or self._address(identity) != after.addresses.get(identity)

    def was_emptied(self, table: Identity) -> bool:
        """Whether rows of a table that stayed were gone after the upgrade alone, as far as they were read then."""
        after = self.trip.rows_after.get(table)
        lost = () if after is None else compare(self.trip.rows[table], after).lost
        return bool(lost) and not (after is not None and after.rows and not after.key)

    def upgrade_span_of_rows(self, table: Identity) -> Span:
        """The line of `upgrade` that takes rows of a table: one that drops or deletes, else any that names it, or a
        table that it points to.
        """
        pointed = [
            found
            for identity, properties in self.trip.before.objects.items()
            if identity.kind == Kind.CONSTRAINT and identity.of == table.name and identity.schema == table.schema
            for found in self.trip.before.tables
            if _points_to(properties, found)
        ]
        issued = self.trip.issued
        taking = [each for each in issued if _TAKES.match(each.sql)]
        named = (self.places.naming(each, of) for of in (taking, issued) for each in (table, *pointed))
        spans = (each.span for each in named if each is not None and each.span is not None)
        return next(spans, self.places.function("upgrade"))

    def _address(self, identity: Identity) -> object:
        return self.trip.before.addresses.get(identity)

    def by_nature(self) -> Mapping[str, int]:
        """How much of what only the upgrade made is lost on the way down: tables, columns, and their rows."""
        back = self.back
        if back is None or back.catalogue is None:
            return {}
        gone = [
            each.identity
            for each in outermost(self.made)
            if each.action is Action.CREATED and each.identity not in back.catalogue.objects
        ]
        counted = {kind: sum(each.kind == kind for each in gone) for kind in (Kind.TABLE, Kind.COLUMN)}
        return {f"{kind}s": count for kind, count in counted.items() if count}


def _points_to(properties: Mapping[str, str], table: Identity) -> bool:
    return (
        properties.get("type") == "foreign key"
        and re.search(rf"\bREFERENCES \W?{re.escape(table.name)}(?!\w)", properties["definition"]) is not None
    )


def without_own_indexes(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The changes without those of indexes that came, went or changed with the constraint that they carry."""
    constraints = {_place(each) for each in changes if each.identity.kind == Kind.CONSTRAINT}
    return tuple(each for each in changes if each.identity.kind != Kind.INDEX or _place(each) not in constraints)


def without_keys_renamed(changes: tuple[Change, ...], catalogue: Catalogue) -> tuple[Change, ...]:
    """The changes without those of the keys that MariaDB and MySQL make for foreign keys, and name as they like."""
    if catalogue.dialect not in ("mysql", "mariadb"):
        return changes
    pointing = {
        (identity.of, f"KEY {properties['definition'].removeprefix('FOREIGN KEY ').partition(' REFERENCES')[0]}")
        for identity, properties in catalogue.objects.items()
        if identity.kind == Kind.CONSTRAINT and properties.get("type") == "foreign key"
    }
    keys = [
        (change.action, change.identity.of, dict(change.properties)["definition"])
        for change in changes
        if change.identity.kind == Kind.INDEX and change.action in (Action.CREATED, Action.DROPPED)
    ]
    renamed = {
        (table, definition)
        for action, table, definition in keys
        if action is Action.CREATED and (Action.DROPPED, table, definition) in keys and (table, definition) in pointing
    }
    return tuple(
        each
        for each in changes
        if each.identity.kind != Kind.INDEX
        or (each.identity.of, dict(each.properties).get("definition")) not in renamed
    )


def _place(change: Change) -> tuple[Action, str, str, str]:
    return change.action, change.identity.schema, change.identity.of, change.identity.name

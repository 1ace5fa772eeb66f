"""The catalogue as it was described last, kept by number, and what the next description changes in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from limbeck.lint.rehearse.queries import Group
from limbeck.lint.rehearse.relation import (
    PARTS,
    PartKey,
    PartsWritten,
    Relation,
    Row,
    name_of,
    relation_of,
    relations_of,
)
from limbeck.lint.rehearse.relation_changes import changes_between, without_numbers
from limbeck.model.facts import Change, RelationKind

_SPELLS = ("name", "type", "collation")  # properties of a column


class Described:
    """What is known of the catalogue.

    Attributes:
        relations: every relation, by its number.
        others: what belongs to no table, by its kind and number.
        successors: the number that took the place of another, when the server made a relation anew under its old name.
    """

    def __init__(self) -> None:
        self.relations: dict[int, Relation] = {}
        self.successors: dict[int, int] = {}
        self.others: dict[PartKey, Mapping[str, Any]] = {}
        self._indexes: dict[int, set[int]] = {}  # the numbers of the indexes of a table
        self._named: dict[str, set[int]] = {}  # the numbers of what has a name, in any schema

    def name_of_table(self, relation: Relation) -> str:
        """The table that an index is on; else the relation's own name."""
        table = self.relations.get(relation.table)
        return relation.name if table is None else table.name

    def indexes(self, table: int) -> list[Relation]:
        """Of a table, by their numbers."""
        return [self.relations[number] for number in sorted(self._indexes.get(table, ()))]

    def name(self, number: int) -> str:
        """Of a relation; empty when it is not known."""
        relation = self.relations.get(number)
        return "" if relation is None else relation.name

    def tables_named(self, names: Iterable[str]) -> frozenset[int]:
        """The numbers of relations that have one of these names, in any schema; of an index, that of its table."""
        return frozenset(self.relations[number].table for name in names for number in self._named.get(name, ()))

    def replace_all(self, new: Mapping[int, Relation]) -> list[Change]:
        """Take a description of all relations, and tell what has changed."""
        return self.replace(list(self.relations), new)

    def completed(self, written: PartsWritten) -> dict[int, Relation] | None:
        """Relations of which only what was written is told, with all the rest as it is known.

        None when the rest may be told otherwise now, since it was not known, or what it is spelled with has changed.
        """
        found: dict[int, Relation] = {}
        for row in written.relations:
            relation, known = relation_of(row), self.relations.get(row["oid"])
            parts = None if known is not None and _is_renamed(known, relation) else _completed(relation, known, written)
            if parts is None:
                return None
            found[relation.number] = relation._replace(parts=parts)
        if Group.INDEXES not in written.parts:
            numbers = [index for number in found for index in self._indexes.get(number, ())]
            return found | {number: self.relations[number] for number in numbers}
        for there, rows in written.parts[Group.INDEXES].values():
            new = relations_of(rows)
            for number in there:
                known = self.relations.get(number)
                index = new.get(number, known)
                if index is None or (known is not None and _is_renamed(known, index)):
                    return None
                found[number] = index
        return found

    def replace(self, asked: Iterable[int], new: Mapping[int, Relation]) -> list[Change]:
        """Take a description of some relations, and tell what has changed.

        Args:
            asked: those that were asked for; one of them that the description lacks is gone, with its indexes.
            new: the description.
        """
        new = {number: self._called_as_before(relation) for number, relation in new.items()}
        numbers = set(asked)
        for number in list(numbers):
            numbers |= self._indexes.get(number, set())
        gone = {number: self.relations[number] for number in numbers & self.relations.keys() - new.keys()}
        made = {number: relation for number, relation in new.items() if number not in self.relations}
        self.successors = _paired(gone, made)
        origins = {young: old for old, young in self.successors.items()}
        before = {number: self.relations.get(origins.get(number, number)) for number in gone.keys() | new.keys()}
        for number, relation in new.items():
            known = self.relations.get(number)
            if known is not None and known.bare != relation.bare:
                self._named[known.bare].discard(number)
            self._named.setdefault(relation.bare, set()).add(number)
            self.relations[number] = relation
            if relation.table != number:
                self._indexes.setdefault(relation.table, set()).add(number)
        changes: list[Change] = []
        for number in sorted(before.keys() - self.successors.keys()):
            if before[number] is not new.get(number):
                changes += changes_between(before[number], new.get(number), self.name)
        for number, relation in gone.items():
            del self.relations[number]
            self._named[relation.bare].discard(number)
            self._indexes.pop(number, None)
            self._indexes.get(relation.table, set()).discard(number)
        return changes

    def _called_as_before(self, now: Relation) -> Relation:
        """A relation as it was called, where nothing but the search path tells otherwise."""
        known = self.relations.get(now.number)
        if known is None:
            return now
        parts = {key: _spelled_as_before(known.parts.get(key), part) for key, part in now.parts.items()}
        if any(parts[key] is not part for key, part in now.parts.items()):
            now = now._replace(parts=parts)
        same = (known.schema, known.bare) == (now.schema, now.bare)
        return now._replace(name=known.name) if same and known.name != now.name else now

    def replace_others(self, description: Mapping[str, list[Mapping[str, Any]] | None]) -> list[Change]:
        """Take a description of what belongs to no table, and tell what has changed."""
        new = {(kind, row["oid"]): row for kind, rows in description.items() for row in rows or ()}
        for key in self.others.keys() & new.keys():
            if "visible" in new[key]:  # which the search path alone may have changed
                new[key] = {**new[key], "visible": self.others[key]["visible"]}
        changes = []
        for key in sorted(self.others.keys() | new.keys()):
            before, after = self.others.get(key), new.get(key)
            if before != after:
                told = after or before
                assert told is not None
                changes.append(Change(key[0], "", name_of(told), without_numbers(before), without_numbers(after)))
        self.others = new
        renamed = {_name_of(change.before): _name_of(change.after) for change in changes if change.what == "type"}
        self._rename_types({old: young for old, young in renamed.items() if old and young and old != young})
        return changes

    def _rename_types(self, renamed: Mapping[str, str]) -> None:
        """Columns of a type that has another name have not changed, and are told with it from here on."""
        for number, relation in self.relations.items() if renamed else ():
            parts = {key: part for key, part in relation.parts.items() if key[0] == "column"}
            found = {
                key: {**part, "type": renamed[part["type"]]} for key, part in parts.items() if part["type"] in renamed
            }
            if found:
                self.relations[number] = relation._replace(parts={**relation.parts, **found})


def _spelled_as_before(known: Mapping[str, Any] | None, now: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of a relation, with its type as it was spelled where only the schema is named or not named now."""
    old, new = (str(part.get("type")) for part in (known or {}, now))
    if (
        old == new
        or "." not in old + new
        or old.rpartition(".")[2] != new.rpartition(".")[2]
        or ("." in old and "." in new)
    ):
        return now
    return {**now, "type": old}


def _name_of(properties: Mapping[str, object] | None) -> str:
    return str((properties or {}).get("name") or "")


def _paired(gone: Mapping[int, Relation], made: Mapping[int, Relation]) -> dict[int, int]:
    """Old and new numbers of what is there before and after under one name: indexes made anew by a change of type."""
    young = {(relation.name, relation.kind): number for number, relation in made.items()}
    pairs = ((number, young.get((relation.name, relation.kind))) for number, relation in gone.items())
    return {number: found for number, found in pairs if found is not None}


def _is_renamed(known: Relation, now: Relation) -> bool:
    return (known.schema, known.bare) != (now.schema, now.bare)


def _completed(relation: Relation, known: Relation | None, written: PartsWritten) -> dict[PartKey, Row] | None:
    """The parts of a relation; None when one is not known, or a column has another name or type."""
    parts: dict[PartKey, Row] = {}
    before: Mapping[PartKey, Row] = {} if known is None else known.parts
    for group, kind, number in PARTS:
        if group not in written.parts:
            if known is None:
                return None
            parts.update((key, part) for key, part in before.items() if key[0] == kind)
            continue
        there, rows = written.parts[group].get(relation.number, ((), ()))
        if relation.kind is RelationKind.SEQUENCE:
            continue  # it has columns that nobody made
        new = {row[number]: row for row in rows}
        for place in sorted(there):
            key = kind, place
            part = new.get(place) or before.get(key)
            if part is None or (place in new and key in before and _is_spelled_anew(kind, before[key], part)):
                return None
            parts[key] = part
    return parts


def _is_spelled_anew(kind: str, before: Row, now: Row) -> bool:
    """Whether a column has another name or type, with which indexes and constraints are spelled."""
    return kind == "column" and any(before[name] != now[name] for name in _SPELLS)

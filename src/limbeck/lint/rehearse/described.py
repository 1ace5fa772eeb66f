"""The catalogue as it was described last, kept by number, and what the next description changes in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from limbeck.model.facts import Change, RelationKind

_KINDS = {
    "r": RelationKind.TABLE,
    "p": RelationKind.PARTITIONED_TABLE,
    "i": RelationKind.INDEX,
    "I": RelationKind.INDEX,
    "v": RelationKind.VIEW,
    "m": RelationKind.MATERIALIZED_VIEW,
    "S": RelationKind.SEQUENCE,
    "f": RelationKind.FOREIGN_TABLE,
}
# Properties of a relation that are not told as such: they name it, or come as parts of their own.
_APART = ("oid", "schema", "name", "kind", "file", "visible", "index", "columns", "constraints", "triggers", "policies")
# Collections of a relation's parts: what each is called, and what tells one from another.
_PARTS = (
    ("columns", "column", "number"),
    ("constraints", "constraint", "oid"),
    ("triggers", "trigger", "oid"),
    ("policies", "policy", "oid"),
)
_OBJECTS = {kind: str(kind) for kind in RelationKind} | {RelationKind.PARTITIONED_TABLE: "table"}

PartKey = tuple[str, int]


class Relation(NamedTuple):
    """A relation of the catalogue.

    Attributes:
        number: its oid.
        name: as a statement writes it.
        schema: its schema.
        bare: its name alone.
        kind: what it is.
        file: number of its file; 0 without one.
        table: for an index, the oid of its table; else its own.
        properties: what is told of it.
        parts: columns, constraints, triggers and policies, by what tells one from another.
    """

    number: int
    name: str
    schema: str
    bare: str
    kind: RelationKind
    file: int
    table: int
    properties: Mapping[str, Any]
    parts: Mapping[PartKey, Mapping[str, Any]]


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

    def name_of_table(self, relation: Relation) -> str:
        """The table that an index is on; else the relation's own name."""
        table = self.relations.get(relation.table)
        return relation.name if table is None else table.name

    def replace_all(self, rows: Iterable[Mapping[str, Any]]) -> list[Change]:
        """Take a description of all relations, and tell what has changed."""
        return self.replace(list(self.relations), rows)

    def replace(self, asked: Iterable[int], rows: Iterable[Mapping[str, Any]]) -> list[Change]:
        """Take a description of some relations, and tell what has changed.

        Args:
            asked: those that were asked for; one of them that the description lacks is gone, with its indexes.
            rows: the description.
        """
        new = {row["oid"]: _relation(row) for row in rows}
        numbers = set(asked)
        gone = {
            number: old
            for number, old in self.relations.items()
            if number not in new and (number in numbers or old.table in numbers)
        }
        made = {number for number in new if number not in self.relations}
        self.successors = _paired(gone, {number: new[number] for number in made})
        names = {number: relation.name for number, relation in (self.relations | new).items()}
        changes: list[Change] = []
        for number in sorted(gone.keys() | new.keys()):
            if number not in self.successors:
                origin = next((old for old, young in self.successors.items() if young == number), number)
                changes += _changes(self.relations.get(origin), new.get(number), names)
        for number in gone:
            del self.relations[number]
        self.relations.update(new)
        return changes

    def replace_others(self, description: Mapping[str, list[Mapping[str, Any]] | None]) -> list[Change]:
        """Take a description of what belongs to no table, and tell what has changed."""
        new = {(kind, row["oid"]): row for kind, rows in description.items() for row in rows or ()}
        changes = []
        for key in sorted(self.others.keys() | new.keys()):
            before, after = self.others.get(key), new.get(key)
            if before != after:
                told = after or before
                assert told is not None
                changes.append(Change(key[0], "", _name(told), _told(before), _told(after)))
        self.others = new
        return changes


def _paired(gone: Mapping[int, Relation], made: Mapping[int, Relation]) -> dict[int, int]:
    """Old and new numbers of what is there before and after under one name: indexes made anew by a change of type."""
    young = {(relation.name, relation.kind): number for number, relation in made.items()}
    pairs = ((number, young.get((relation.name, relation.kind))) for number, relation in gone.items())
    return {number: found for number, found in pairs if found is not None}


def _relation(row: Mapping[str, Any]) -> Relation:
    index: Mapping[str, Any] = row["index"] or {}
    parts = {(name, part[key]): part for group, name, key in _PARTS for part in row[group] or ()}
    properties = {name: value for name, value in row.items() if name not in _APART and value not in (None, False)}
    properties.update((name, value) for name, value in index.items() if name != "table")
    kind = _KINDS.get(row["kind"], RelationKind.OTHER)
    number, schema, bare = row["oid"], row["schema"], row["name"]
    return Relation(number, _name(row), schema, bare, kind, row["file"], index.get("table", number), properties, parts)


def _name(row: Mapping[str, Any]) -> str:
    """With the schema where the search path does not lead to it; what has no schema has its name alone."""
    return row["name"] if row.get("visible", True) else f"{row['schema']}.{row['name']}"


def told(part: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    """The properties of a part, with the names of relations in place of their numbers."""
    return _told(_resolved(part, names)) or {}


def _told(row: Mapping[str, Any] | None, name: str | None = None) -> dict[str, Any] | None:
    """Properties without numbers that differ from database to database."""
    if row is None:
        return None
    found = {key: value for key, value in row.items() if key not in ("oid", "number", "visible") and value is not None}
    return found if name is None else {"name": name, **found}


def _changes(before: Relation | None, after: Relation | None, names: Mapping[int, str]) -> Iterator[Change]:
    relation = after or before
    assert relation is not None
    table = names.get(relation.table, relation.name)
    told = [None if each is None else _told(_resolved(each.properties, names), each.name) for each in (before, after)]
    if told[0] != told[1]:
        owner = table if relation.table != relation.number else ""
        yield Change(_OBJECTS[relation.kind], owner, relation.name, told[0], told[1])
    if before is not None and after is None:
        return  # its parts have gone with it, except for what others hold on to
    old = {} if before is None else dict(before.parts)
    new = {} if after is None else after.parts
    by_name = {(key[0], part["name"]): key for key, part in old.items() if key not in new}
    for key, part in new.items():
        origin = by_name.get((key[0], part["name"]), key) if key not in old else key
        yield from _part_change(key[0], table, old.pop(origin, None), part, names)
    for key, part in old.items():
        yield from _part_change(key[0], table, part, None, names)


def _part_change(
    kind: str, table: str, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None, names: Mapping[int, str]
) -> Iterator[Change]:
    if was == now:
        return
    before, after = (None if each is None else told(each, names) for each in (was, now))
    if before != after:
        name = (now or was or {})["name"]
        yield Change(kind, table, name, before, after)


def _resolved(properties: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    """The properties, with names in place of the numbers of relations."""
    found = dict(properties)
    for key in ("table", "index"):
        if isinstance(found.get(key), int):
            found[key] = names.get(found[key], "") or None
    if found.get("parents"):
        found["parents"] = [names.get(parent, "") for parent in found["parents"]]
    return found

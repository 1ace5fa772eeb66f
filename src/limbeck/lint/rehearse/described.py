"""The catalogue as it was described last, kept by number, and what the next description changes in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from limbeck.lint.rehearse.queries import Group
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
_APART = frozenset({"oid", "schema", "name", "kind", "file", "visible", "there", "index"}).union(
    ("columns", "constraints", "triggers", "policies")
)
_SPELLS = ("name", "type", "collation")  # properties of a column
_VIEWS = (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)
# Collections of a relation's parts: what each is called, and what tells one from another.
_PARTS = (
    (Group.COLUMNS, "column", "number"),
    (Group.CONSTRAINTS, "constraint", "oid"),
    (Group.TRIGGERS, "trigger", "oid"),
    (Group.POLICIES, "policy", "oid"),
)
_LOOKED_AT = frozenset({Group.INDEXES, *(group for group, _, _ in _PARTS)})
_OBJECTS = {kind: str(kind) for kind in RelationKind} | {RelationKind.PARTITIONED_TABLE: "table"}

PartKey = tuple[str, int]
Row = Mapping[str, Any]
Names = Callable[[int], str]  # of a relation, by its number; empty when it is not known


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


class PartsWritten(NamedTuple):
    """What was written of some relations since a moment.

    Attributes:
        asked: the numbers of these relations.
        relations: their rows, without indexes.
        parts: of the groups that were asked for, for each relation, the numbers of all parts, and the rows of those
            that were written.  The parts of the group of indexes are relations themselves.
    """

    asked: frozenset[int]
    relations: Sequence[Row]
    parts: Mapping[Group, Mapping[int, tuple[Sequence[int], Sequence[Row]]]]

    def tells(self, asked: Iterable[int], groups: Iterable[Group]) -> bool:
        """Whether it holds what was written of these relations, in these groups."""
        if not _LOOKED_AT.intersection(groups) <= self.parts.keys():
            return False
        return self.asked.union(*(there for there, _ in self.parts.get(Group.INDEXES, {}).values())).issuperset(asked)


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
            relation, known = _relation(row), self.relations.get(row["oid"])
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
                changes += _changes(before[number], new.get(number), self.name)
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
                changes.append(Change(key[0], "", _name(told), _told(before), _told(after)))
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


def relations_of(rows: Iterable[Row]) -> dict[int, Relation]:
    """The relations that the server has described, by their numbers."""
    return {row["oid"]: _relation(row) for row in rows}


def _is_renamed(known: Relation, now: Relation) -> bool:
    return (known.schema, known.bare) != (now.schema, now.bare)


def _completed(relation: Relation, known: Relation | None, written: PartsWritten) -> dict[PartKey, Row] | None:
    """The parts of a relation; None when one is not known, or a column has another name or type."""
    parts: dict[PartKey, Row] = {}
    before: Mapping[PartKey, Row] = {} if known is None else known.parts
    for group, kind, number in _PARTS:
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


def _relation(row: Mapping[str, Any]) -> Relation:
    index: Mapping[str, Any] = row.get("index") or {}
    parts = {(name, part[key]): part for group, name, key in _PARTS for part in row.get(group) or ()}
    properties = {name: value for name, value in row.items() if name not in _APART and value not in (None, False)}
    properties.update((name, value) for name, value in index.items() if name != "table")
    kind = _KINDS.get(row["kind"], RelationKind.OTHER)
    number, schema, bare = row["oid"], row["schema"], row["name"]
    return Relation(number, _name(row), schema, bare, kind, row["file"], index.get("table", number), properties, parts)


def _name(row: Mapping[str, Any]) -> str:
    """With the schema where the search path does not lead to it; what has no schema has its name alone."""
    return row["name"] if row.get("visible", True) else f"{row['schema']}.{row['name']}"


def told(part: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The properties of a part, with the names of relations in place of their numbers."""
    return _told(_resolved(part, names)) or {}


def _told(row: Mapping[str, Any] | None, name: str | None = None) -> dict[str, Any] | None:
    """Properties without numbers that differ from database to database."""
    if row is None:
        return None
    found = {key: value for key, value in row.items() if key not in ("oid", "number", "visible") and value is not None}
    return found if name is None else {"name": name, **found}


def _changes(before: Relation | None, after: Relation | None, names: Names) -> Iterator[Change]:
    relation = after or before
    assert relation is not None
    table = names(relation.table) or relation.name
    told = [None if each is None else _told(_resolved(each.properties, names), each.name) for each in (before, after)]
    if told[0] is not None and after is None and relation.kind in _VIEWS:
        told[0]["columns"] = [part["name"] for (group, _), part in relation.parts.items() if group == "column"]
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
    kind: str, table: str, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None, names: Names
) -> Iterator[Change]:
    if was is now or was == now:
        return
    before, after = (None if each is None else told(each, names) for each in (was, now))
    if before != after:
        name = (now or was or {})["name"]
        yield Change(kind, table, name, before, after)


def _resolved(properties: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The properties, with names in place of the numbers of relations."""
    found = dict(properties)
    for key in ("table", "index"):
        if isinstance(found.get(key), int):
            found[key] = names(found[key]) or None
    if found.get("parents"):
        found["parents"] = [names(parent) for parent in found["parents"]]
    return found

"""A relation of the catalogue, as the server describes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from limbeck.lint.rehearse.queries import Group
from limbeck.model.facts import RelationKind

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
# Collections of a relation's parts: what each is called, and what tells one from another.
PARTS = (
    (Group.COLUMNS, "column", "number"),
    (Group.CONSTRAINTS, "constraint", "oid"),
    (Group.TRIGGERS, "trigger", "oid"),
    (Group.POLICIES, "policy", "oid"),
)
_LOOKED_AT = frozenset({Group.INDEXES, *(group for group, _, _ in PARTS)})

PartKey = tuple[str, int]
Row = Mapping[str, Any]


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


def relations_of(rows: Iterable[Row]) -> dict[int, Relation]:
    """The relations that the server has described, by their numbers."""
    return {row["oid"]: relation_of(row) for row in rows}


def relation_of(row: Mapping[str, Any]) -> Relation:
    index: Mapping[str, Any] = row.get("index") or {}
    parts = {(name, part[key]): part for group, name, key in PARTS for part in row.get(group) or ()}
    properties = {name: value for name, value in row.items() if name not in _APART and value not in (None, False)}
    properties.update((name, value) for name, value in index.items() if name != "table")
    kind = _KINDS.get(row["kind"], RelationKind.OTHER)
    number, schema, bare = row["oid"], row["schema"], row["name"]
    return Relation(
        number, name_of(row), schema, bare, kind, row["file"], index.get("table", number), properties, parts
    )


def name_of(row: Mapping[str, Any]) -> str:
    """With the schema where the search path does not lead to it; what has no schema has its name alone."""
    return row["name"] if row.get("visible", True) else f"{row['schema']}.{row['name']}"

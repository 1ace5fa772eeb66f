"""What one description of a relation says otherwise than another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from limbeck.lint.rehearse.relation import Relation
from limbeck.model.facts import Change, RelationKind

_VIEWS = (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)
_OBJECTS = {kind: str(kind) for kind in RelationKind} | {RelationKind.PARTITIONED_TABLE: "table"}

Names = Callable[[int], str]  # of a relation, by its number; empty when it is not known


def told(part: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The properties of a part, with the names of relations in place of their numbers."""
    return without_numbers(_resolved(part, names)) or {}


def without_numbers(row: Mapping[str, Any] | None, name: str | None = None) -> dict[str, Any] | None:
    """Properties without numbers that differ from database to database."""
    if row is None:
        return None
    found = {key: value for key, value in row.items() if key not in ("oid", "number", "visible") and value is not None}
    return found if name is None else {"name": name, **found}


def changes_between(before: Relation | None, after: Relation | None, names: Names) -> Iterator[Change]:
    relation = after or before
    assert relation is not None
    table = names(relation.table) or relation.name
    told = [
        None if each is None else without_numbers(_resolved(each.properties, names), each.name)
        for each in (before, after)
    ]
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

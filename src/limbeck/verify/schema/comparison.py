"""A schema as it should be beside one as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from limbeck.database.catalogue import Action, Catalogue, Change, Identity, Kind, difference, outermost, reordered
from limbeck.verify.schema.spelling import PRIVILEGES, counted, loosely, major, without_new_ones

_OWN_NAMES = (Kind.ENUM, Kind.DOMAIN, Kind.CONSTRAINT, Kind.INDEX, Kind.SEQUENCE)


class Comparison(NamedTuple):
    """What separates the two.

    Attributes:
        changes: from the schema as it should be to the one that is; RENAMED for what is there under another name.
        order: tables whose columns stand in another order; that is no difference.
        remarks: what was not compared, in sentences.
    """

    changes: tuple[Change, ...]
    order: tuple[Change, ...]
    remarks: tuple[str, ...]


def compare(wanted: Catalogue, found: Catalogue, *, without_chain: Catalogue | None = None) -> Comparison:
    """Compare.

    Privileges count on those objects only on which the chain has changed them: who else may do what is decided
    elsewhere.

    Args:
        without_chain: the schema of an empty database, by which it is seen which privileges the chain has changed;
        without it none count.
    """
    remarks = []
    mine, theirs = counted(wanted), counted(found)
    same = major(wanted) == major(found)
    if not same:
        mine, theirs = loosely(mine), loosely(theirs)
        remarks.append(
            f"the servers are of versions {wanted.version} and {found.version}: parentheses and qualifiers in views, "
            "rules and triggers do not count"
        )
    granted = _granted(wanted, without_chain)
    others = sum(PRIVILEGES in properties for identity, properties in found.objects.items() if identity not in granted)
    if others and without_chain is not None:
        base = sum(PRIVILEGES in properties for properties in without_chain.objects.values())
        if others > base:
            remarks.append(f"privileges on {others - base} objects are not compared: the chain grants none there")
    mine, theirs = (
        _with_privileges(counted_, whole, granted, same=same) for counted_, whole in ((mine, wanted), (theirs, found))
    )
    changes = named_otherwise(_by_themselves(_within_schemas(outermost(difference(mine, theirs)))))
    return Comparison(changes, reordered(mine, theirs), tuple(remarks))


def _granted(wanted: Catalogue, without_chain: Catalogue | None) -> frozenset[Identity]:
    if without_chain is None:
        return frozenset()
    before = without_chain.objects
    return frozenset(
        identity
        for identity, properties in wanted.objects.items()
        if PRIVILEGES in properties and before.get(identity, {}).get(PRIVILEGES) != properties[PRIVILEGES]
    )


def _with_privileges(counted_: Catalogue, whole: Catalogue, granted: frozenset[Identity], *, same: bool) -> Catalogue:
    if not granted:
        return counted_
    objects = dict(counted_.objects)
    for identity in granted:
        privileges = whole.objects.get(identity, {}).get(PRIVILEGES)
        if privileges is not None:
            told = privileges if same else without_new_ones(privileges)
            objects[identity] = {**objects.get(identity, {}), PRIVILEGES: told}
    return counted_._replace(objects=objects)


def _within_schemas(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes without what came or went with its schema."""
    whole = {
        (change.action, change.identity.name)
        for change in changes
        if change.identity.kind == Kind.SCHEMA and change.action in (Action.CREATED, Action.DROPPED)
    }
    return tuple(change for change in changes if (change.action, change.identity.schema) not in whole)


def _by_themselves(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes without indexes that came or went with their constraints, and sequences with their columns."""
    others = {(change.action, change.identity) for change in changes}

    def goes_along(change: Change) -> bool:
        identity, properties = change.identity, dict(change.properties)
        if identity.kind == Kind.INDEX and "constraint" in properties:
            return (change.action, Identity(Kind.CONSTRAINT, *identity[1:])) in others
        if identity.kind == Kind.SEQUENCE and properties.get("owned by", "").count(".") == 2:
            _, table, column = (part.strip('"') for part in properties["owned by"].split("."))
            return (change.action, Identity(Kind.COLUMN, identity.schema, column, table)) in others
        return False

    return tuple(change for change in changes if not goes_along(change))


def named_otherwise(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes with one where an object is missing and its equal is there under another name."""
    missing: dict[object, list[Change]] = {}
    extra: dict[object, list[Change]] = {}
    for change in changes:
        if change.identity.kind in _OWN_NAMES and change.action in (Action.CREATED, Action.DROPPED):
            side = missing if change.action is Action.DROPPED else extra
            side.setdefault(_essence(change), []).append(change)
    renamed = {
        olds[0]: Change(Action.RENAMED, news[0].identity, was=olds[0].identity)
        for essence, olds in missing.items()
        if len(olds) == 1 and len(news := extra.get(essence, [])) == 1
    }
    gone = {change.identity for change in renamed.values()}
    result = []
    for change in changes:
        if change in renamed:
            result.append(renamed[change])
        elif change.action is not Action.CREATED or change.identity not in gone:
            result.append(change)
    return tuple(result)


def _essence(change: Change) -> object:
    """What is left of an object without its name."""
    identity = change.identity
    name = re.compile(rf'(?<![\w"])"?{re.escape(identity.name)}"?(?![\w"])')
    properties = tuple((key, name.sub("?", value)) for key, value in change.properties if key != "constraint")
    return identity.kind, identity.schema, identity.of, properties

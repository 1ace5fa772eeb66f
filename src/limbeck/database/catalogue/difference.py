"""What separates two catalogues, and what comes of applying it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from limbeck.database.catalogue.catalogue import Catalogue, Identity, Kind
from limbeck.database.catalogue.change import Action, Change
from limbeck.database.catalogue.renames import Renames, renames

Objects = Mapping[Identity, Mapping[str, str]]
_KINDS: dict[str, int] = {kind: rank for rank, kind in enumerate(Kind)}
_ACTIONS = (Action.DROPPED, Action.RENAMED, Action.CREATED, Action.CHANGED)


def difference(before: Catalogue, after: Catalogue) -> tuple[Change, ...]:
    """The changes of objects and their properties from one to the other, table by table; none when they are the same.

    An object of one name in both is one object, even if it was dropped and created anew; see `recreated`.  An object
    that kept its address under another name was renamed.
    """
    known = renames(before, after)
    paired = _paired(before, after, known)
    changes = [Change(Action.RENAMED, new, was=old) for old, new in known.named.items()]
    for old, properties in before.objects.items():
        if old not in paired:
            changes.append(Change(Action.DROPPED, old, properties=tuple(sorted(properties.items()))))
    found = set(paired.values())
    for new, properties in after.objects.items():
        if new not in found:
            changes.append(Change(Action.CREATED, new, properties=tuple(sorted(properties.items()))))
    for old, new in paired.items():
        mine, theirs = before.objects[old], after.objects[new]
        if mine is not theirs and mine != theirs:
            changes += _changed(new, mine, theirs)
    return tuple(sorted(changes, key=_place))


def _paired(before: Catalogue, after: Catalogue, known: Renames) -> dict[Identity, Identity]:
    """Each object of the one that is in the other too, and what it is there."""
    if not known.named:
        return {old: old for old in before.objects if old in after.objects}
    paired = dict(known.named)
    taken = set(paired.values())
    for old in before.objects:
        if old not in paired:
            new = known.after(old)
            if new in after.objects and new not in taken:
                paired[old] = new
                taken.add(new)
    return paired


def _changed(identity: Identity, mine: Mapping[str, str], theirs: Mapping[str, str]) -> Iterable[Change]:
    for name in sorted(mine.keys() | theirs.keys()):
        if mine.get(name) != theirs.get(name):
            yield Change(Action.CHANGED, identity, name, mine.get(name), theirs.get(name))


def _place(change: Change) -> tuple[object, ...]:
    """Where a change stands among others: what belongs together together, a table before its columns."""
    identity = change.identity
    rank = _KINDS.get(identity.kind, len(_KINDS))
    return (
        identity.schema,
        identity.of or identity.name,
        bool(identity.of),
        rank,
        identity.kind,
        identity.name,
        _ACTIONS.index(change.action),
        change.property_name,
    )


def applied(objects: Objects, changes: Iterable[Change]) -> dict[Identity, dict[str, str]]:
    """The objects after the changes; those of `difference(a, b)`, applied to the objects of `a`, give those of `b`.

    Changes of owners and of the order of columns have no part in it.
    """
    changes = tuple(changes)
    known = Renames.of({change.was: change.identity for change in changes if change.was is not None})
    dropped = {change.identity for change in changes if change.action == Action.DROPPED}
    result = {known.after(old): dict(properties) for old, properties in objects.items() if old not in dropped}
    for change in changes:
        if change.action == Action.CREATED:
            result[change.identity] = dict(change.properties)
        elif change.action == Action.CHANGED and change.after is not None:
            result[change.identity][change.property_name] = change.after
        elif change.action == Action.CHANGED:
            del result[change.identity][change.property_name]
    return result


def reordered(before: Catalogue, after: Catalogue) -> tuple[Change, ...]:
    """The tables whose common columns stand in another order."""
    known = renames(before, after)
    changes = []
    for old, names in before.columns.items():
        table = known.after(old)
        if table in after.columns:
            now = [known.after(Identity(Kind.COLUMN, old.schema, name, old.name)).name for name in names]
            theirs = after.columns[table]
            mine = [name for name in now if name in theirs]
            common = [name for name in theirs if name in mine]
            if mine != common:
                changes.append(Change(Action.REORDERED, table, "", ", ".join(mine), ", ".join(common)))
    return tuple(sorted(changes, key=lambda change: change.identity))


def owned_otherwise(before: Catalogue, after: Catalogue) -> tuple[Change, ...]:
    """The objects of both that belong to another owner now."""
    known = renames(before, after)
    changes = [
        Change(Action.OWNER, known.after(old), "", owner, after.owners[known.after(old)])
        for old, owner in before.owners.items()
        if after.owners.get(known.after(old), owner) != owner
    ]
    return tuple(sorted(changes, key=lambda change: change.identity))


def recreated(before: Catalogue, after: Catalogue) -> tuple[Identity, ...]:
    """The objects that were dropped and created anew under their names, as their addresses show."""
    if not before.origin or before.origin != after.origin:
        return ()
    known = renames(before, after)
    paired = _paired(before, after, known)
    return tuple(sorted(new for old, new in paired.items() if before.addresses[old] != after.addresses[new]))

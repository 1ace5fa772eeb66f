"""Names of constraints and indexes that the models leave to the database, or that a chain of SQLite leaves out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from limbeck.database.catalogue import Catalogue, Identity, Kind

_NAMED = (Kind.CONSTRAINT, Kind.INDEX)


def named_alike(
    wanted: Catalogue, found: Catalogue, named: Collection[tuple[str, str, str]]
) -> Mapping[Identity, Mapping[str, str]]:
    """The objects of the chain, where a name does not count under the one that its equal has with the models.

    Args:
        wanted: the schema of the models.
        found: that of the chain.
        named: schema, table and name of all that the models name.
    """
    free: dict[object, list[Identity]] = {}
    for identity, properties in found.objects.items():
        if identity.kind in _NAMED and identity not in wanted.objects:
            free.setdefault(_essence(identity, properties), []).append(identity)
    names: dict[Identity, Identity] = {}
    for identity, properties in wanted.objects.items():
        equal = free.get(_essence(identity, properties), []) if identity.kind in _NAMED else []
        if not equal or identity in found.objects:
            continue
        is_left = (identity.schema, identity.of, identity.name) not in named
        if is_left or found.objects[equal[0]].get("definition") == equal[0].name:
            names[equal.pop(0)] = identity
    return {names.get(identity, identity): properties for identity, properties in found.objects.items()}


def _essence(identity: Identity, properties: Mapping[str, str]) -> object:
    return identity.kind, identity.schema, identity.of, tuple(sorted(properties.items()))

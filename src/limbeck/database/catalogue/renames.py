"""Which object of one catalogue is which of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from limbeck.database.catalogue.catalogue import CONTAINERS, Catalogue, Identity, Kind


class Renames(NamedTuple):
    """Objects under new names; what belongs to a renamed schema or table goes along without being named.

    Attributes:
        named: from the name before to the name after, where more was renamed than the parent.
        schemas: new names of schemas.
        containers: schema and name of tables, views, types and domains, before and after.
    """

    named: Mapping[Identity, Identity]
    schemas: Mapping[str, str]
    containers: Mapping[tuple[str, str], tuple[str, str]]

    @classmethod
    def of(cls, named: Mapping[Identity, Identity]) -> Renames:
        """From the names."""
        return cls(
            named,
            {old.name: new.name for old, new in named.items() if old.kind == Kind.SCHEMA},
            {(old.schema, old.name): (new.schema, new.name) for old, new in named.items() if old.kind in CONTAINERS},
        )

    def after(self, identity: Identity) -> Identity:
        """The name after."""
        named = self.named.get(identity)
        if named is not None:
            return named
        schema = self.schemas.get(identity.schema, identity.schema)
        if not identity.of:
            return identity if schema == identity.schema else identity._replace(schema=schema)
        place = self.containers.get((identity.schema, identity.of), (schema, identity.of))
        return identity if place == (identity.schema, identity.of) else identity._replace(schema=place[0], of=place[1])


def renames(before: Catalogue, after: Catalogue) -> Renames:
    """What kept its address and changed its name; nothing between databases whose addresses cannot be compared."""
    if not before.origin or before.origin != after.origin:
        return Renames.of({})
    now = {address: identity for identity, address in after.addresses.items()}
    moved = {
        old: new
        for old, address in before.addresses.items()
        if (new := now.get(address)) is not None and new != old and new.kind == old.kind
    }
    known = Renames.of({})
    for rank in range(
        3
    ):  # schemas, then tables and the like: a parent's new name may be all there is to its children's
        found = {old: new for old, new in moved.items() if _rank(old) == rank and known.after(old) != new}
        known = Renames.of({**known.named, **found})
    return known


def _rank(identity: Identity) -> int:
    return 0 if identity.kind == Kind.SCHEMA else 2 if identity.of else 1

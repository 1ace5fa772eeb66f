"""Parts of a catalogue: found by their addresses, taken out, and put in the place of others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from limbeck.database.catalogue.catalogue import CONTAINERS, Address, Catalogue, Identity

_Value = TypeVar("_Value")


class Places:
    """Finds the objects of a catalogue by their addresses, and by what they belong to."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._by_address: dict[Address, Identity] = {}
        self._of: dict[tuple[str, str], set[Identity]] = {}
        self._add(catalogue)

    def at(self, addresses: Iterable[Address]) -> set[Identity]:
        """The objects at these addresses, with all that belongs to them."""
        found = {self._by_address[address] for address in addresses if address in self._by_address}
        places = [identity[1:3] for identity in found if identity.kind in CONTAINERS]
        return found.union(*(self._of.get((schema, name), ()) for schema, name in places))

    def identity(self, address: Address) -> Identity:
        """The object at the address."""
        return self._by_address[address]

    def addresses(self) -> Collection[Address]:
        """Of all objects."""
        return self._by_address.keys()

    def replace(self, old: Catalogue, new: Catalogue) -> None:
        """The objects of the one are gone, those of the other are there."""
        for identity, address in old.addresses.items():
            del self._by_address[address]
            if identity.of:
                self._of[identity.schema, identity.of].discard(identity)
        self._add(new)

    def _add(self, catalogue: Catalogue) -> None:
        for identity, address in catalogue.addresses.items():
            self._by_address[address] = identity
            if identity.of:
                self._of.setdefault((identity.schema, identity.of), set()).add(identity)


def part_of(catalogue: Catalogue, identities: set[Identity]) -> Catalogue:
    """A catalogue of these objects alone."""

    def of(mapping: Mapping[Identity, _Value]) -> dict[Identity, _Value]:
        return {identity: mapping[identity] for identity in identities if identity in mapping}

    return catalogue._replace(
        objects=of(catalogue.objects),
        columns=of(catalogue.columns),
        owners=of(catalogue.owners),
        addresses=of(catalogue.addresses),
    )


def replaced(catalogue: Catalogue, old: Catalogue, new: Catalogue) -> Catalogue:
    """The catalogue with the objects of the one in place of those of the other."""

    def of(all_: Mapping[Identity, _Value], gone: Iterable[Identity], come: Mapping[Identity, _Value]) -> Any:
        result = dict(all_)
        for identity in gone:
            del result[identity]
        result.update(come)
        return result

    return catalogue._replace(
        objects=of(catalogue.objects, old.objects, new.objects),
        columns=of(catalogue.columns, old.columns, new.columns),
        owners=of(catalogue.owners, old.owners, new.owners),
        addresses=of(catalogue.addresses, old.addresses, new.addresses),
    )

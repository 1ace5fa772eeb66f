"""The difference of two catalogues of which most is the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from limbeck.database.catalogue import Catalogue, Change, Identity, difference

_Value = TypeVar("_Value")


def separated(before: Catalogue, after: Catalogue) -> tuple[Change, ...]:
    """As `difference`, at the cost of what differs."""
    if before.objects == after.objects:
        return ()
    mine, theirs = before.objects, after.objects
    differing = {each for each, own in mine.items() if (other := theirs.get(each)) is not own and other != own}
    differing.update(each for each in theirs if each not in mine)
    return difference(_part(before, differing), _part(after, differing))


def _part(catalogue: Catalogue, identities: set[Identity]) -> Catalogue:
    def of(mapping: Mapping[Identity, _Value]) -> dict[Identity, _Value]:
        return {identity: mapping[identity] for identity in identities if identity in mapping}

    return catalogue._replace(
        objects=of(catalogue.objects),
        columns=of(catalogue.columns),
        owners=of(catalogue.owners),
        addresses=of(catalogue.addresses),
    )

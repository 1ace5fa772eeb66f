"""The difference of two catalogues of which most is the same."""

from __future__ import annotations

from limbeck.database.catalogue import Catalogue, Change, difference
from limbeck.database.catalogue.postgresql.partial import part_of


def separated(before: Catalogue, after: Catalogue) -> tuple[Change, ...]:
    """As `difference`, at the cost of what differs."""
    if before.objects == after.objects:
        return ()
    mine, theirs = before.objects, after.objects
    differing = {each for each, own in mine.items() if (other := theirs.get(each)) is not own and other != own}
    differing.update(each for each in theirs if each not in mine)
    return difference(part_of(before, differing), part_of(after, differing))

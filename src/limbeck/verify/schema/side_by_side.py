"""Several databases of one chain beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from limbeck.database.catalogue import Catalogue
from limbeck.verify.schema.comparison import compare
from limbeck.verify.schema.difference import Sides
from limbeck.verify.schema.drift import Drift, differences_of, sorted_out
from limbeck.verify.schema.ignored import Ignored
from limbeck.verify.schema.spelling import schema_digest


class SideBySide(NamedTuple):
    """What was found.

    Attributes:
        reference: the name of the database that the others are compared with.
        drifts: how each of the others differs from it, by its name.
    """

    reference: str
    drifts: Mapping[str, Drift]


def side_by_side(databases: Mapping[str, Catalogue], rules: Sequence[Ignored]) -> SideBySide:
    """Compare databases with the one whose schema most of them have; of several such, the first.

    Args:
        databases: their schemas by their names.
    """
    digests = {name: schema_digest(catalogue) for name, catalogue in databases.items()}
    counts = Counter(digests.values())
    reference = max(databases, key=lambda name: counts[digests[name]])
    wanted = databases[reference]
    drifts = {}
    for name, found in databases.items():
        if name != reference:
            comparison = compare(wanted, found)
            differences = differences_of(comparison, wanted, found, Sides(reference, name))
            drifts[name] = sorted_out(differences, comparison, rules, (wanted.version, found.version))
    return SideBySide(reference, drifts)

"""The schema that a chain leaves at one of its states."""

from __future__ import annotations

from typing import NamedTuple

from limbeck.database.catalogue import Catalogue, Identity, Kind
from limbeck.lint.rehearse.stand_ins import stood_in


class State(NamedTuple):
    """One state.

    Attributes:
        rows: of the version table.
        catalogue: everything but the version table and the journal.
        digest: see `limbeck.verify.schema.spelling.schema_digest`.
        incomplete: why this is not all of it; empty when it is.
    """

    rows: tuple[str, ...]
    catalogue: Catalogue
    digest: str
    incomplete: str


def with_extensions(catalogue: Catalogue) -> Catalogue:
    """The catalogue with the extensions themselves where functions of limbeck's stand in for them."""
    functions = {
        identity: name
        for identity in catalogue.of_kind(Kind.FUNCTION)
        if (name := stood_in(catalogue.objects[identity].get("comment", "")))
    }
    if not functions:
        return catalogue
    objects = {identity: each for identity, each in catalogue.objects.items() if identity not in functions}
    for identity, name in functions.items():
        objects[Identity(Kind.EXTENSION, "", name)] = {"schema": identity.schema}
    return catalogue._replace(objects=objects)

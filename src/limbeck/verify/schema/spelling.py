"""What of a catalogue counts when two databases are compared, and how it is spelled."""

from __future__ import annotations

import re
from collections.abc import Mapping

from limbeck.database.catalogue import Catalogue, Identity, Kind, digest
from limbeck.verify.schema.conditions import may_change, read_back

Objects = Mapping[Identity, Mapping[str, str]]

PRIVILEGES = "privileges"
# Which version of an extension a server installs is its own affair.
_UNCOUNTED = {Kind.EXTENSION: frozenset({"version"})}
# Texts that the server writes anew from what it has stored, each major version in a slightly other way.
_REWRITTEN: Mapping[str, str] = {
    Kind.VIEW: "definition",
    Kind.MATERIALIZED_VIEW: "definition",
    Kind.RULE: "definition",
    Kind.TRIGGER: "definition",
}
_CONDITIONAL = frozenset(
    (Kind.CONSTRAINT, Kind.INDEX, Kind.COLUMN, Kind.POLICY, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.RULE, Kind.TRIGGER)
)
_QUALIFIER = re.compile(r'\b(?:[a-z_]\w*|"[^"]+")\.(?=[a-z_"*])')
_MAINTAIN = re.compile(r"\bMAINTAIN, |, MAINTAIN\b")  # since 17
_LOOSE = re.compile(r"[\s()]+")


def major(catalogue: Catalogue) -> str:
    """The part of the server's version that counts for how it spells things."""
    return catalogue.version.partition(".")[0]


def counted(catalogue: Catalogue) -> Catalogue:
    """The catalogue without what never counts, and without privileges."""
    objects = {
        identity: _counted(identity, properties)
        for identity, properties in catalogue.objects.items()
        if identity.kind != Kind.DEFAULT_PRIVILEGES
    }
    return catalogue._replace(objects=objects)


def _counted(identity: Identity, properties: Mapping[str, str]) -> Mapping[str, str]:
    left_out = _UNCOUNTED.get(Kind(identity.kind)) if identity.kind == Kind.EXTENSION else None
    if identity.kind in _CONDITIONAL and any(map(may_change, properties.values())):
        properties = {name: read_back(value) for name, value in properties.items()}
    if left_out is None and PRIVILEGES not in properties:
        return properties
    gone = {PRIVILEGES, *(left_out or ())}
    return {name: value for name, value in properties.items() if name not in gone}


def loosely(catalogue: Catalogue) -> Catalogue:
    """The catalogue with texts that any major version of the server spells the same."""
    objects = {identity: _loosely(identity, properties) for identity, properties in catalogue.objects.items()}
    return catalogue._replace(objects=objects)


def _loosely(identity: Identity, properties: Mapping[str, str]) -> Mapping[str, str]:
    name = _REWRITTEN.get(identity.kind)
    return {**properties, name: loose(properties[name])} if name is not None and name in properties else properties


def without_new_ones(privileges: str) -> str:
    """Privileges without those that not every version has."""
    return _MAINTAIN.sub("", privileges)


def loose(text: str) -> str:
    """A query without parentheses, white space and the tables before its columns."""
    return _LOOSE.sub(" ", _QUALIFIER.sub("", text)).strip()


def schema_digest(catalogue: Catalogue) -> str:
    """The same for two databases whose schemas nobody would call different, whatever major version they run on."""
    return digest(loosely(counted(catalogue)))

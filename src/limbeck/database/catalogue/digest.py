"""A catalogue in 64 characters, and in a text that can be kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as _quoted

from limbeck.database.catalogue.catalogue import Catalogue, Identity

_FORMAT = 1


def digest(catalogue: Catalogue, *, order: bool = False) -> str:
    """SHA-256 over all objects and their properties, the same for every database with the same schema.

    Args:
        order: the order of the columns counts, too.
    """
    known: dict[int, str] = {}  # of equal objects, above all columns, many share one mapping
    lines = []
    for identity, properties in catalogue.objects.items():
        told = known.get(id(properties))
        if told is None:
            told = known[id(properties)] = _told(properties)
        lines.append(f"[{', '.join(map(_quoted, identity))}{told}]")
    if order:
        lines += [json.dumps([*identity, list(names)]) for identity, names in catalogue.columns.items()]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _told(properties: Mapping[str, str]) -> str:
    """As json.dumps spells the sorted pairs behind other values of a list; an encoder for each list takes longer."""
    return "".join([f", [{_quoted(name)}, {_quoted(value)}]" for name, value in sorted(properties.items())])


def to_text(catalogue: Catalogue) -> str:
    """The whole catalogue as JSON."""
    return json.dumps(
        {
            "format": _FORMAT,
            "dialect": catalogue.dialect,
            "version": catalogue.version,
            "origin": catalogue.origin,
            "objects": [
                [
                    *identity,
                    dict(properties),
                    catalogue.columns.get(identity),
                    catalogue.owners.get(identity),
                    catalogue.addresses.get(identity),
                ]
                for identity, properties in catalogue.objects.items()
            ],
        }
    )


def from_text(text: str) -> Catalogue:
    """The catalogue of such a text.

    Raises:
        ValueError: the text is of another format.
    """
    told = json.loads(text)
    if not isinstance(told, dict) or told.get("format") != _FORMAT:
        raise ValueError("not the text of a catalogue, or of another format")
    rows = [(Identity(*row[:4]), *row[4:]) for row in told["objects"]]
    return Catalogue(
        told["dialect"],
        told["version"],
        {identity: properties for identity, properties, *_ in rows},
        {identity: tuple(names) for identity, _, names, *_ in rows if names is not None},
        {identity: owner for identity, _, _, owner, _ in rows if owner is not None},
        {identity: (at[0], at[1], at[2]) for identity, _, _, _, at in rows if at is not None},
        told["origin"],
    )

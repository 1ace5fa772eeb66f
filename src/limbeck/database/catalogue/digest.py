"""A catalogue in 64 characters."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as _quoted

from limbeck.database.catalogue.catalogue import Catalogue


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

"""What models can say of a schema of SQLite, MariaDB or MySQL, in one spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping

from limbeck.database.catalogue import Catalogue, Identity, Kind

_COLUMN = frozenset({"type", "nullable", "default", "collation", "generated"})
SAID: Mapping[str, Mapping[str, frozenset[str]]] = {
    "sqlite": {
        Kind.TABLE: frozenset({"options"}),
        Kind.COLUMN: _COLUMN | {"autoincrement"},
        Kind.CONSTRAINT: frozenset({"type", "definition"}),
        Kind.INDEX: frozenset({"definition"}),
    },
    "mysql": {
        Kind.TABLE: frozenset({"options", "comment"}),
        Kind.COLUMN: _COLUMN | {"extra", "character set", "comment", "check"},
        Kind.CONSTRAINT: frozenset({"type", "definition"}),
        Kind.INDEX: frozenset({"definition"}),
    },
}
_COMMENT = re.compile(r" COMMENT='((?:[^']|'')*)'")
_COMMA = re.compile(r"\s*,\s*")


def spelled_alike(catalogue: Catalogue) -> Catalogue:
    """The catalogue with types and defaults in one spelling; that of PostgreSQL, as it is.

    Without a default, a column of MariaDB has NULL where it may.  A key of one INTEGER of SQLite is never NULL, whether
    its column says so or not.
    """
    if catalogue.dialect == "postgresql":
        return catalogue
    objects = {identity: dict(properties) for identity, properties in catalogue.objects.items()}
    if catalogue.dialect != "sqlite":
        for identity, properties in objects.items():
            if properties.get("default") == "NULL":
                del properties["default"]
            comment = _COMMENT.search(properties.get("options", "")) if identity.kind == Kind.TABLE else None
            if comment is not None:
                properties["options"] = properties["options"].replace(comment[0], "")
                properties["comment"] = comment[1].replace("''", "'")
        return catalogue._replace(objects=objects)
    for identity, properties in objects.items():
        if identity.kind != Kind.COLUMN:
            continue
        properties["type"] = _COMMA.sub(", ", properties["type"])
        if "default" in properties:
            properties["default"] = _bare(properties["default"])
        key = Identity(Kind.CONSTRAINT, "", f"PRIMARY KEY ({identity.name})", identity.of)
        if properties["type"] == "INTEGER" and _is_key(identity, key, objects):
            properties["nullable"] = "no"
    return catalogue._replace(objects=objects)


def _is_key(column: Identity, unnamed: Identity, objects: Mapping[Identity, Mapping[str, str]]) -> bool:
    if unnamed in objects:
        return True
    return any(
        each.kind == Kind.CONSTRAINT and each.of == column.of and properties.get("definition") == unnamed.name
        for each, properties in objects.items()
    )


def _bare(default: str) -> str:
    """A default without the parentheses around all of it."""
    inner = default[1:-1]
    if default.startswith("(") and default.endswith(")") and not set(inner) & set("()'"):
        return inner.strip()
    return default

"""Rights to a relation, as PostgreSQL writes them down in `pg_class.relacl`."""

from __future__ import annotations

import re

# One entry: `role=rights/grantor`; no role is PUBLIC, `*` is the right to grant.
_ENTRY = re.compile(r'(?P<role>(?:"(?:[^"]|"")*"|[^"=])*)=(?P<rights>[A-Za-z*]*)/')
_RIGHTS = {
    "r": "SELECT",
    "a": "INSERT",
    "w": "UPDATE",
    "d": "DELETE",
    "D": "TRUNCATE",
    "x": "REFERENCES",
    "t": "TRIGGER",
}


def granted(entries: object) -> dict[str, tuple[str, ...]]:
    """The rights of each role to a relation; those of PUBLIC under an empty name.

    Args:
        entries: the property `privileges` of a relation.
    """
    matches = (_ENTRY.match(str(entry)) for entry in entries) if isinstance(entries, list) else ()
    return {
        match["role"]: tuple(name for letter, name in _RIGHTS.items() if letter in match["rights"])
        for match in matches
        if match
    }

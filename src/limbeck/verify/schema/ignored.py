"""Differences that a project knows of, each with a reason: the setting `ignore_drift`.

A rule is an object and the reason, `table spatial_ref_sys: PostGIS makes it`.  The object is written as a difference
tells it, with or without its schema, and `*` stands for anything; what belongs to a table goes with it.  A property in
parentheses narrows it: `table orders (options): autovacuum is tuned by hand`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from limbeck.database.catalogue import Change, Identity
from limbeck.model.errors import UsageError


class Ignored(NamedTuple):
    """One rule."""

    pattern: str
    reason: str

    def covers(self, change: Change) -> bool:
        """Whether the change is one of those that it is about."""
        return any(fnmatchcase(name, self.pattern) for name in _names(change))


def ignore_rules(settings: Sequence[str]) -> tuple[Ignored, ...]:
    """The rules of the setting.

    Raises:
        UsageError: one has no reason.
    """
    rules = []
    for words in settings:
        pattern, _, reason = words.partition(": ")
        if not pattern.strip() or not reason.strip():
            raise UsageError(
                f"ignore_drift: no object and reason: {words}", hint='write "table spatial_ref_sys: PostGIS makes it"'
            )
        rules.append(Ignored(pattern.strip(), reason.strip()))
    return tuple(rules)


def _names(change: Change) -> Iterator[str]:
    """All ways to write what a change is about."""
    for identity in filter(None, (change.identity, change.was)):
        for each in (identity, *_tables(identity)):
            for name in (str(each), f"{each.kind} {_bare(each)}"):
                yield name
                if change.property_name:
                    yield f"{name} ({change.property_name})"


def _bare(identity: Identity) -> str:
    return f"{identity.name} of {identity.of}" if identity.of else identity.name


def _tables(identity: Identity) -> tuple[Identity, ...]:
    """What it belongs to: a table, a view or a type; a schema."""
    found = tuple(Identity(kind, identity.schema, identity.of) for kind in ("table", "view") if identity.of)
    return (*found, Identity("schema", "", identity.schema)) if identity.schema else found

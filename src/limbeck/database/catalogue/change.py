"""One step from a catalogue to another, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from limbeck.database.catalogue.catalogue import CONTAINERS, Identity, Kind


class Action(StrEnum):
    """What happened to an object."""

    CREATED = "created"
    DROPPED = "dropped"
    RENAMED = "renamed"
    CHANGED = "changed"
    REORDERED = "reordered"
    OWNER = "owner"


class Change(NamedTuple):
    """What happened to one object, or to one property of it.

    Attributes:
        action: what happened.
        identity: the object; its name is the one after the change, unless it was dropped.
        property_name: what was changed, for CHANGED; else empty.
        before: the property, the owner, the order of columns as it was; None when there was none.
        after: the same as it is.
        was: the name before, for RENAMED.
        properties: all properties, for CREATED and DROPPED, by name.
    """

    action: Action
    identity: Identity
    property_name: str = ""
    before: str | None = None
    after: str | None = None
    was: Identity | None = None
    properties: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self) -> str:
        """The change in a line of English, without a full stop."""
        match self.action:
            case Action.RENAMED:
                assert self.was is not None
                moved = self.was.schema != self.identity.schema or self.was.of != self.identity.of
                return f"{self.was} was renamed to {self.identity.qualified if moved else self.identity.name}"
            case Action.CHANGED:
                return f"{self.identity}: {self.property_name} was {_told(self.before)}, is {_told(self.after)}"
            case Action.REORDERED:
                return f"{self.identity}: the order of its columns was {self.before}, is {self.after}"
            case Action.OWNER:
                return f"{self.identity}: its owner was {_told(self.before)}, is {_told(self.after)}"
            case _:
                return f"{self.identity} was {self.action}"

    def as_json(self) -> dict[str, object]:
        """The change as JSON has it: `action`, `kind`, `schema`, `name`, `of`, and what else the action has."""
        told: dict[str, object] = {"action": str(self.action), **self.identity._asdict()}
        if self.was is not None:
            told["was"] = self.was._asdict()
        if self.action in (Action.CREATED, Action.DROPPED):
            return told | {"properties": dict(self.properties)}
        if self.action == Action.CHANGED:
            told["property"] = self.property_name
        return told if self.was is not None else told | {"before": self.before, "after": self.after}


def outermost(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes without those that go without saying: what came or went with its table, view, type or domain."""
    changes = tuple(changes)
    whole = {
        (change.action, change.identity.schema, change.identity.name)
        for change in changes
        if change.identity.kind in CONTAINERS and change.action in (Action.CREATED, Action.DROPPED)
    }
    return tuple(
        change
        for change in changes
        if (change.action, change.identity.schema, _container(change)) not in whole
        or change.identity.kind in CONTAINERS
    )


def _container(change: Change) -> str:
    """The name of what an object came or went with."""
    if change.identity.kind == Kind.SEQUENCE:
        owner = dict(change.properties).get("owned by", "")
        return owner.split(".")[-2].strip('"') if "." in owner else ""
    return change.identity.of


def _told(value: str | None) -> str:
    return "nothing" if value is None else value

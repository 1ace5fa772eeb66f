"""One difference between two schemas, in words and with what would close it."""

from __future__ import annotations

from typing import Any, NamedTuple

from limbeck.database.catalogue import Action, Change


class Sides(NamedTuple):
    """What the two schemas are called: where it should be so, and where it is so."""

    wanted: str
    found: str


DRIFT = Sides("the chain", "the database")
MODELS = Sides("the models", "the chain")


class Difference(NamedTuple):
    """One difference.

    Attributes:
        change: from the schema as it should be to the one that is.
        sides: what the two are called.
        sql: statements that make the one that is as it should be; none where that is not simple.
        operation: the same as a call of Alembic's `op`, for a revision; empty where none is wanted.
    """

    change: Change
    sides: Sides
    sql: tuple[str, ...] = ()
    operation: str = ""

    @property
    def sentence(self) -> str:
        """The difference in a line, without a full stop."""
        change, (wanted, found) = self.change, self.sides
        match change.action:
            case Action.DROPPED:
                return f"{change.identity} is in {wanted}, and not in {found}"
            case Action.CREATED:
                return f"{change.identity} is in {found}, and not in {wanted}"
            case Action.RENAMED:
                assert change.was is not None
                return f"{change.was} of {wanted} is called {change.identity.name} in {found}"
            case _:
                name = change.property_name
                return (
                    f"{change.identity}: {name} is {_told(change.after)} in {found}, {_told(change.before)} in {wanted}"
                )

    def as_json(self) -> dict[str, Any]:
        """As JSON has it."""
        change = self.change
        return {
            "sentence": self.sentence,
            "difference": _WORDS[change.action],
            "object": {**change.identity._asdict(), "kind": str(change.identity.kind)},
            "property": change.property_name or None,
            "wanted": change.was.name if change.was is not None else change.before,
            "found": change.identity.name if change.was is not None else change.after,
            "sql": list(self.sql),
            "operation": self.operation or None,
        }


_WORDS = {
    Action.DROPPED: "missing",
    Action.CREATED: "extra",
    Action.RENAMED: "named otherwise",
    Action.CHANGED: "otherwise",
}


def _told(value: str | None) -> str:
    if value is None:
        return "nothing"
    lines = value.strip().splitlines()
    return value.strip() if len(lines) <= 1 else " ".join(line.strip() for line in lines)

"""What the changes of the catalogue mean for whoever uses what existed before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from limbeck.lint.subject import Subject
from limbeck.model.facts import Change, Facts

TABLES = ("table", "foreign table")
RELATIONS = (*TABLES, "view", "materialized view")


_NOT_NULL_VIOLATION = "23502"
_ADD_COLUMN = re.compile(
    r"alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(\S+)\s+add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?(\S+)",
    re.IGNORECASE,
)


def refused_column(facts: Facts) -> tuple[str, str] | None:
    """Table and name of a column that could not be added, because nothing fills it in the rows that are there."""
    match = _ADD_COLUMN.search(facts.sql) if facts.sqlstate == _NOT_NULL_VIOLATION else None
    if match is None or match[2].lower() in ("constraint", "check", "primary", "unique", "foreign", "exclude"):
        return None
    return match[1].replace('"', ""), match[2].replace('"', "")


def must_be_filled(column: Change) -> bool:
    """Whether a column may hold no NULL, and nothing fills it."""
    return bool(column.now("not_null")) and not fills(column)


class Renamed(NamedTuple):
    """A type that a revision has given another name.

    Attributes:
        old: its name before.
        new: its name after.
        labels: those of an enum; none of another type.
    """

    old: str
    new: str
    labels: tuple[str, ...]


def renamed_types(subject: Subject) -> tuple[Renamed, ...]:
    """The types that the revision renames, as whoever exchanges an enum does first."""
    return tuple(
        Renamed(str(change.was("name")), str(change.now("name")), labels_of(change))
        for facts in subject.statements
        for change in facts.changes
        if change.what == "type" and change.altered("name")
    )


def labels_of(change: Change) -> tuple[str, ...]:
    """The labels of an enum, as a statement leaves it, or as it was when it was dropped."""
    labels = change.was("labels") if change.dropped else change.now("labels")
    return tuple(str(label) for label in labels) if isinstance(labels, list) else ()


def made_in(subject: Subject, what: str, name: str) -> Change | None:
    """The making of something of that name by the revision."""
    found = (change for facts in subject.statements for change in facts.changes)
    return next((change for change in found if change.made and change.what == what and change.name == name), None)


def fills(column: Change) -> bool:
    """Whether something fills a column that an INSERT leaves out."""
    return any(bool(column.now(name)) for name in ("default", "identity", "generated"))


def filled_later(subject: Subject, facts: Facts, column: Change) -> bool:
    """Whether something fills a column when the transaction of a statement ends."""
    last = None
    for each in subject.statements:
        if each.number > facts.number and each.transaction == facts.transaction:
            same = (change for change in each.changes if change.what == "column" and change.relation == column.relation)
            last = next((change for change in same if change.was("name") == column.now("name")), last)
    return last is not None and fills(last)


def made_before(subject: Subject, facts: Facts, what: str) -> frozenset[tuple[str, str]]:
    """What the revision itself has made before a statement, as (table, name): nobody has seen it yet."""
    earlier = (each for each in subject.statements if each.number < facts.number)
    return frozenset((change.relation, change.name) for each in earlier for change in _made(each, what))


def _made(facts: Facts, what: str) -> Iterator[Change]:
    return (change for change in facts.changes if change.what == what and change.made)


def is_new_table(subject: Subject, facts: Facts, table: str) -> bool:
    """Whether the table was made in this deploy, so that nobody uses it yet."""
    touched = facts.relation(table) or next(
        (found for each in subject.statements if (found := each.relation(table)) is not None), None
    )
    if touched is not None:
        return not subject.existed(touched)
    left = None if subject.rehearsed is None else subject.rehearsed.tables.get(table)
    return left is not None and left.made_by in subject.deploy


def on_old_tables(subject: Subject, facts: Facts, *kinds: str, made_too: bool = False) -> Iterator[Change]:
    """Changes of these kinds that a statement made to tables that existed before.

    What becomes of things that the revision itself has made is left out, unless it is asked for: nobody has seen them.
    """
    for change in facts.changes:
        if change.what not in kinds:
            continue
        old = str(change.was("name") or change.name)
        if is_new_table(subject, facts, change.relation or old):
            continue
        if made_too or change.made or (change.relation, old) not in made_before(subject, facts, change.what):
            yield change

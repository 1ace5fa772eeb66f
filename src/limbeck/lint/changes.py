"""What the changes of the catalogue mean for whoever uses what existed before."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    fills = column.now("default") or column.now("identity") or column.now("generated")
    return bool(column.now("not_null")) and not fills


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

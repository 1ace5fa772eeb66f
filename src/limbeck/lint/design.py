"""What a revision adds to the schema: new tables and columns, as it leaves them, for the rules of design."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from limbeck.lint.subject import Subject
from limbeck.model.facts import Change, Facts, Table
from limbeck.model.revision import Span

if TYPE_CHECKING:
    from limbeck.model.facts import Properties

_WORDS = re.compile(r"[a-z0-9]+")


class NewColumn(NamedTuple):
    """A column that a revision made, and that is there when it has run.

    Attributes:
        table: the name of its table.
        name: its own name.
        properties: its type and the like.
        left: its table as the revision leaves it.
        facts: the statement that made it.
    """

    table: str
    name: str
    properties: Properties
    left: Table
    facts: Facts

    @property
    def span(self) -> Span | None:
        """Where it was made."""
        return self.facts.span

    @property
    def type(self) -> str:
        """As PostgreSQL spells it."""
        return str(self.properties["type"])

    @property
    def words(self) -> tuple[str, ...]:
        """The words of its name, in lower case."""
        return words(self.name)


def words(name: str) -> tuple[str, ...]:
    """The words that a name is made of: `lastLogin` and `last_login` are the same two."""
    return tuple(_WORDS.findall(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("_", " ")))


def new_tables(subject: Subject) -> Iterator[tuple[str, Table, Facts]]:
    """The tables that the revision made, without partitions, which are like their parents."""
    for facts, change in _made(subject, "table"):
        left = _tables(subject).get(change.name)
        if left is not None and not change.now("partition"):
            yield change.name, left, facts


def new_columns(subject: Subject) -> Iterator[NewColumn]:
    """The columns that the revision made, in new tables and in old ones."""
    partitions = {change.name for _, change in _made(subject, "table") if change.now("partition")}
    for facts, change in _made(subject, "column"):
        left = _tables(subject).get(change.relation)
        if left is not None and change.name in left.columns and change.relation not in partitions:
            yield NewColumn(change.relation, change.name, left.columns[change.name], left, facts)


def primary_key(table: Table) -> tuple[str, ...]:
    """The columns of the primary key; empty without one."""
    return next((_columns(each) for each in table.constraints.values() if each.get("type") == "p"), ())


def foreign_keys(table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and columns of each foreign key."""
    return ((name, _columns(each)) for name, each in table.constraints.items() if each.get("type") == "f")


def leads_an_index(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether an index without a condition begins with one of these columns."""
    return any(_columns(each)[:1] and _columns(each)[0] in columns for each in _whole_indexes(table))


def _whole_indexes(table: Table) -> list[Properties]:
    return [each for each in table.indexes.values() if not each.get("where")]


def checked_columns(table: Table) -> str:
    """The definitions of all checks, to look for names in."""
    return " ".join(str(each.get("definition")) for each in table.constraints.values() if each.get("type") == "c")


def _columns(part: Properties) -> tuple[str, ...]:
    found = part.get("columns")
    return tuple(str(each).strip('"') for each in found) if isinstance(found, list) else ()


def _tables(subject: Subject) -> Mapping[str, Table]:
    return {} if subject.rehearsed is None else subject.rehearsed.tables


def _made(subject: Subject, what: str) -> Iterator[tuple[Facts, Change]]:
    for facts in subject.statements:
        for change in facts.changes:
            if change.what == what and change.made:
                yield facts, change

"""What a statement will turn out to have written, as others of its kind did.

To ask for it together with what the statement locked saves an exchange with the server; where it was something else,
that is asked for afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from limbeck.lint.rehearse.described import Described
from limbeck.lint.rehearse.queries import Group
from limbeck.sql.words import first_words, names_in

# Words that tell one ALTER TABLE from another.
_TELLING = frozenset(
    {"column", "constraint", "default", "drop", "foreign", "key", "null", "partition", "rename"}
).union(("set", "type", "unique", "using", "validate"))
_MANY = 20  # named relations

Kind = tuple[tuple[str, ...], frozenset[str]]


class Foreseen(NamedTuple):
    """What a statement will have written, by all that is known before it.

    Attributes:
        relations: their numbers, none of them of an index.
        groups: of which groups.
    """

    relations: frozenset[int]
    groups: frozenset[Group]


class Habits:
    """What statements of one kind have written in the past."""

    def __init__(self) -> None:
        """None has been seen."""
        self._groups: dict[Kind, frozenset[Group] | None] = {}

    def of(self, sql: str, described: Described) -> Foreseen | None:
        """What a statement will have written; None when that cannot be told."""
        groups = self._groups.get(_kind(sql))
        if groups is None:
            return None
        relations = described.tables_named(names_in(sql))
        return Foreseen(relations, groups) if 0 < len(relations) <= _MANY else None

    def learn(self, sql: str, groups: Iterable[Group], *, of_named: bool) -> None:
        """What a statement has written.

        Args:
            of_named: to relations that were there before it, and that it names.
        """
        self._groups[_kind(sql)] = frozenset(groups) if of_named else None


def _kind(sql: str) -> Kind:
    return first_words(sql, 2), names_in(sql) & _TELLING

"""Statements that one session is asked again and again, planned once: to plan them takes longer than to run them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from limbeck.database.catalogue.catalogue import Query

_KNOWN = "SELECT name FROM pg_catalog.pg_prepared_statements WHERE pg_catalog.starts_with(name, 'limbeck_')"


class Question(NamedTuple):
    """A statement with arguments.

    Attributes:
        name: begins with `limbeck_`; nothing else of that name is asked in the same session.
        sql: with `$1` and so on for the arguments.
        types: of the arguments, as SQL writes them.
    """

    name: str
    sql: str
    types: tuple[str, ...] = ()


class Planned:
    """One session.  It is a `Query` itself, for what is asked once."""

    def __init__(self, query: Query) -> None:
        """Nothing is asked yet.

        Args:
            query: runs one statement of that session.
        """
        self._query = query
        self._known: set[str] | None = None

    def __call__(self, sql: str) -> Sequence[tuple[Any, ...]]:
        """The rows of any statement."""
        return self._query(sql)

    def rows(self, question: Question, *arguments: str) -> Sequence[tuple[Any, ...]]:
        """The answer to a question.

        Args:
            arguments: as SQL writes them.
        """
        if self._known is None:
            self._known = {name for (name,) in self._query(_KNOWN)}
        if question.name not in self._known:
            types = f" ({', '.join(question.types)})" if question.types else ""
            self._query(f"PREPARE {question.name}{types} AS {question.sql}")
            self._known.add(question.name)
        given = f"({', '.join(arguments)})" if arguments else ""
        return self._query(f"EXECUTE {question.name}{given}")

    def doubt(self) -> None:
        """Something else has used the session, and may have taken its plans away: look before the next question."""
        self._known = None


def planned(query: Query) -> Planned:
    """The session that a query runs in."""
    return query if isinstance(query, Planned) else Planned(query)


def numbers(found: Sequence[int]) -> str:
    """Oids as an argument of the type oid[]."""
    return f"'{{{','.join(str(int(number)) for number in found)}}}'"

"""Statements that one session is asked again and again, planned once: to plan them takes longer than to run them.

A plan is made when the database may be nearly empty, and kept while it grows: it goes by indexes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from limbeck.database.catalogue.catalogue import Query

_FOR_LARGE = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
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

    def __init__(self, query: Query, quick: Query | None = None) -> None:
        """Nothing is asked yet.

        Args:
            query: runs one statement of that session.
            quick: does so too, in less time, and gives every value as a text.
        """
        self._query = query
        self._quick = quick or query
        self._known: set[str] | None = None

    def __call__(self, sql: str) -> Sequence[tuple[Any, ...]]:
        """The rows of any statement."""
        return self._query(sql)

    def rows(self, question: Question, *arguments: str) -> Sequence[tuple[Any, ...]]:
        """The answer to a question; its numbers may come as texts.

        Args:
            arguments: as SQL writes them.
        """
        if self._known is None:
            self._known = {name for (name,) in self._query(_KNOWN)}
        given = f"({', '.join(arguments)})" if arguments else ""
        if question.name in self._known:
            return self._quick(f"EXECUTE {question.name}{given}")
        types = f" ({', '.join(question.types)})" if question.types else ""
        before = self._query("SELECT " + ", ".join(f"pg_catalog.current_setting('{name}')" for name in _FOR_LARGE))[0]
        self._set(_FOR_LARGE)
        self._query(f"PREPARE {question.name}{types} AS {question.sql}")
        self._known.add(question.name)
        found = self._query(f"EXECUTE {question.name}{given}")
        self._set(dict(zip(_FOR_LARGE, before, strict=True)))
        return found

    def plan_for_any_arguments(self) -> None:
        """Until the session ends, plan nothing for the arguments that are given: what was planned is good enough."""
        self._set({"plan_cache_mode": "force_generic_plan"})

    def _set(self, settings: Mapping[str, str]) -> None:
        values = (f"pg_catalog.set_config('{name}', '{value}', false)" for name, value in settings.items())
        self._query(f"SELECT {', '.join(values)}")

    def doubt(self) -> None:
        """Something else has used the session, and may have taken its plans away: look before the next question."""
        self._known = None


def planned(query: Query) -> Planned:
    """The session that a query runs in."""
    return query if isinstance(query, Planned) else Planned(query)


def numbers(found: Sequence[int]) -> str:
    """Oids as an argument of the type oid[]."""
    return f"'{{{','.join(str(int(number)) for number in found)}}}'"

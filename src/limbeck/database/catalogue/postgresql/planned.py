"""Statements that one session is asked again and again, planned once: to plan them takes longer than to run them.

A plan is made when the database may be nearly empty, and kept while it grows: it goes by indexes.  By which ones it
chooses anew from time to time, since in an empty table one is as good as another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple, Protocol

from limbeck.database.catalogue.catalogue import Query

_FOR_LARGE = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
_SELDOM = 32  # times that a plan is used before it is made anew; then twice as often, and so on
_KNOWN = "SELECT name FROM pg_catalog.pg_prepared_statements WHERE pg_catalog.starts_with(name, 'limbeck_')"


Rows = Sequence[tuple[Any, ...]]


class Exchanges(Protocol):
    """Several statements in one exchange with the server; every value of their rows is a text."""

    def together(self, statements: Sequence[str]) -> list[Rows] | None:
        """The rows of each; None where nothing was asked."""

    def beginning(self, statements: Sequence[str]) -> list[Rows]:
        """The same, in a transaction that begins with them; none where it cannot or the server refuses one."""

    def behind(self, statement: str, statements: Sequence[str]) -> list[Rows] | None:
        """The same, behind a statement that is executed for what it does; None where that was not done."""


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


class Asked(NamedTuple):
    """A question with its arguments, as SQL writes them."""

    question: Question
    arguments: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        """What asks it where it is planned."""
        given = f"({', '.join(self.arguments)})" if self.arguments else ""
        return f"EXECUTE {self.question.name}{given}"


class Planned:
    """One session.  It is a `Query` itself, for what is asked once."""

    def __init__(self, query: Query, exchanges: Exchanges | None = None) -> None:
        """Nothing is asked yet.

        Args:
            query: runs one statement of that session.
            exchanges: of that session, where it has such.
        """
        self._query = query
        self._exchanges = exchanges
        self._known: set[str] | None = None
        self._doubted: set[str] = set()
        self._count: Counter[str] = Counter()
        self._until: dict[str, int] = {}

    def __call__(self, sql: str) -> Rows:
        """The rows of any statement."""
        return self._query(sql)

    def rows(self, question: Question, *arguments: str) -> Rows:
        """The answer to a question; its numbers may come as texts.

        Args:
            arguments: as SQL writes them.
        """
        (found,) = self.answers([Asked(question, arguments)])
        return found

    def answers(self, asked: Sequence[Asked]) -> list[Rows]:
        """The answers to some questions, one after the other; their numbers may come as texts."""
        if self._known is None:
            self._known = {name for (name,) in self._query(_KNOWN)}
        self._plan_again(asked)
        if self._exchanges is not None and self._knows(asked, self._known):
            found = self._exchanges.together([each.sql for each in asked])
            if found is not None:
                return found
        return [self._answer(each) for each in asked]

    def first_answers(self, asked: Sequence[Asked]) -> list[Rows]:
        """The same, of what may begin a transaction; something else may have used the session before."""
        known = self._doubted if self._known is None else self._known
        if self._exchanges is not None and self._knows(asked, known):
            found = self._exchanges.beginning([each.sql for each in asked])
            if found:
                self._known = known
                return found
        self.doubt()
        return self.answers(asked)

    def answers_behind(self, statement: str, asked: Sequence[Asked]) -> list[Rows] | None:
        """The same, behind a statement that is executed with them; None where it was not, and nothing was asked."""
        if self._exchanges is None or self._known is None:
            return None
        self._plan_again(asked)
        if not self._knows(asked, self._known):
            return None
        return self._exchanges.behind(statement, [each.sql for each in asked])

    def _knows(self, asked: Sequence[Asked], known: Set[str]) -> bool:
        return all(each.question.name in known for each in asked)

    def _plan_again(self, asked: Sequence[Asked]) -> None:
        """Forget the plans of questions that were asked twice as often as when they were planned."""
        assert self._known is not None
        for name in (each.question.name for each in asked):
            self._count[name] += 1
            if self._count[name] >= self._until.get(name, _SELDOM) and name in self._known:
                self._until[name] = 2 * self._count[name]
                self._query(f"DEALLOCATE {name}")
                self._known.discard(name)

    def _answer(self, asked: Asked) -> Rows:
        question = asked.question
        assert self._known is not None
        if question.name in self._known:
            return self._query(asked.sql)
        types = f" ({', '.join(question.types)})" if question.types else ""
        before = self._query("SELECT " + ", ".join(f"pg_catalog.current_setting('{name}')" for name in _FOR_LARGE))[0]
        self._set(_FOR_LARGE)
        self._query(f"PREPARE {question.name}{types} AS {question.sql}")
        self._known.add(question.name)
        found = self._query(asked.sql)
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
        if self._known is not None:
            self._doubted, self._known = self._known, None


def planned(query: Query) -> Planned:
    """The session that a query runs in."""
    return query if isinstance(query, Planned) else Planned(query)


def numbers(found: Sequence[int]) -> str:
    """Oids as an argument of the type oid[]."""
    return f"'{{{','.join(str(int(number)) for number in found)}}}'"

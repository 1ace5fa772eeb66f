"""Which statements of a rendered step share its transaction, and what PostgreSQL will not take in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from limbeck.model.plan import Statement, Step
from limbeck.sql.alone import alone
from limbeck.sql.implicit_commit import commits_implicitly
from limbeck.sql.opening import first_word
from limbeck.sql.tokens import MYSQL, Kind, statements

AUTOCOMMIT_BLOCK = "with op.get_context().autocommit_block():"
_NOTICING = ("psycopg", "psycopg_async")
_COMMIT, _BEGIN = {"commit", "end"}, {"begin", "start"}
_NEW_TYPE_OR_VALUE = re.compile(r"\btype\b", re.IGNORECASE)


def bounded(steps: Iterable[Step], dialect: str, driver: str, *, together: bool) -> tuple[Step, ...]:
    """The steps, with what can be told of the transaction that each statement runs in.

    Args:
        dialect: SQLAlchemy's name.
        driver: its name of the driver.
        together: the steps run in one transaction.
    """
    if dialect in MYSQL:
        return tuple(step._replace(statements=tuple(map(_of_mysql, step.statements))) for step in steps)
    if dialect != "postgresql":
        return tuple(steps)
    transaction = _Transaction()
    found = []
    for step in steps:
        if not together:
            transaction = _Transaction()
        begins = _begins_after(step.statements, driver)
        found.append(step._replace(statements=tuple(map(transaction.take, step.statements, begins))))
    return tuple(found)


def _begins_after(found: Iterable[Statement], driver: str) -> list[bool]:
    """Whether the driver begins a transaction behind each statement that commits one.

    It does not in an `autocommit_block()`, which ends with a BEGIN.  A COMMIT that the revision executes itself is
    noticed by psycopg alone.
    """
    words = [first_word(statement.sql) for statement in found]
    return [
        driver in _NOTICING and not _BEGIN & set(words[place + 1 :]) if word in _COMMIT else False
        for place, word in enumerate(words)
    ]


def _of_mysql(statement: Statement) -> Statement:
    return statement._replace(by_itself=True) if commits_implicitly(statement.sql) else statement


class _Transaction:
    """What is known of the transaction under way, as Alembic renders `autocommit_block()`: COMMIT, …, BEGIN."""

    def __init__(self) -> None:
        self._open = True
        self._forget()

    def _forget(self) -> None:
        self._types: set[str] = set()  # made in it
        self._labels: dict[str, str] = {}  # added in it to a type that was there before; its name

    def take(self, statement: Statement, begins: bool) -> Statement:
        """The statement, with what is known of it.

        Args:
            begins: behind it, if it commits, another transaction is begun.
        """
        word = first_word(statement.sql)
        if word in _COMMIT | _BEGIN:
            self._open = word in _BEGIN or begins
            self._forget()
            return statement
        name = alone(statement.sql)
        if not self._open:
            together = name is not None and len(statements(statement.sql, "postgresql")) > 1
            warning = f"{name} cannot run together with other statements" if together else None
            return statement._replace(by_itself=True, warning=warning)
        if name is not None:
            return statement._replace(warning=f"{name} cannot run in a transaction; put it into `{AUTOCOMMIT_BLOCK}`")
        warning = self._use_of_new_value(statement.sql)
        if _NEW_TYPE_OR_VALUE.search(statement.sql):
            self._note(statement.sql)
        return statement._replace(warning=warning) if warning is not None else statement

    def _note(self, sql: str) -> None:
        for tokens in statements(sql, "postgresql"):
            words = [token.word for token in tokens]
            end = next((place for place, word in enumerate(words) if word in ("as", "add")), len(words))
            name = "".join(token.value for token in tokens[2:end])
            labels = [token.value for token in tokens if token.kind is Kind.STRING]
            if words[:2] == ["create", "type"]:
                self._types.add(name)
            added = words[:2] == ["alter", "type"] and words[end : end + 2] == ["add", "value"]
            if added and labels and name not in self._types:
                self._labels[labels[0]] = name

    def _use_of_new_value(self, sql: str) -> str | None:
        if not any(label in sql for label in self._labels):
            return None
        for tokens in statements(sql, "postgresql"):
            for token in tokens:
                if token.kind is Kind.STRING and token.value in self._labels:
                    return (
                        f"if '{token.value}' is here the new value of {self._labels[token.value]}, it cannot be used "
                        f"in the transaction that adds it (SQLSTATE 55P04); add it in `{AUTOCOMMIT_BLOCK}`"
                    )
        return None

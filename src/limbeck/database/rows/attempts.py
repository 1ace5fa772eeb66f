"""Statements tried in a savepoint: what the database refuses leaves no trace, and the transaction goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from limbeck.database.catalogue import Query
from limbeck.database.rows.refusal import Refusal, refusal_of

Execute = Callable[[str], object]  # runs one statement that gives no rows
_NAME = "limbeck_row"


class Attempts:
    """Tries statements, inside a transaction.

    Args:
        query: runs one statement and gives its rows.
        execute: runs one statement that gives none.
    """

    def __init__(self, query: Query, execute: Execute) -> None:
        self._query = query
        self._execute = execute
        self.accepted: list[str] = []

    def insert(self, *statements: str) -> Refusal | None:
        """Execute them all, or none; what was accepted is remembered."""

        def run() -> None:
            for statement in statements:
                self._execute(statement)

        refusal = self._within_savepoint(run)
        if refusal is None:
            self.accepted += statements
        return refusal

    def rows(self, statement: str) -> Sequence[tuple[Any, ...]] | Refusal:
        """The rows that it gives, or why it gives none."""
        found: list[Sequence[tuple[Any, ...]]] = []
        refusal = self._within_savepoint(lambda: found.append(self._query(statement)))
        return found[0] if refusal is None else refusal

    def _within_savepoint(self, run: Callable[[], None]) -> Refusal | None:
        self._execute(f"SAVEPOINT {_NAME}")
        try:
            run()
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise  # no answer of the database
            self._execute(f"ROLLBACK TO SAVEPOINT {_NAME}")
            self._execute(f"RELEASE SAVEPOINT {_NAME}")
            return refusal
        self._execute(f"RELEASE SAVEPOINT {_NAME}")
        return None

"""Statements that nobody has to wait for, held back until somebody asks the database something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from limbeck.lint.rehearse.asking import execute
from limbeck.sql.words import first_words

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Proceed

_CHANGES_SCHEMA = frozenset({"create", "alter", "drop", "comment"})
_ASKS = frozenset({("create", "extension")})  # whether the server has it


class HeldBack:
    """A layer of executions: what changes the schema, and answers nothing, is executed before the next other statement.

    What Alembic itself writes into its version table passes no layer, and waits for nothing.
    """

    def __init__(self) -> None:
        """Nothing is held back yet."""
        self._statements: list[str] = []
        self._aside: list[str] | None = None
        self._marked: Connection | None = None

    def layer(self, execution: Execution, proceed: Proceed) -> None:
        """Hold an execution back, or let it happen behind those that were."""
        words = first_words(execution.text, 2)
        if words[:1] and words[0] in _CHANGES_SCHEMA and words not in _ASKS and not execution.parameters:
            (self._statements if self._aside is None else self._aside).append(execution.text)
            return
        connection = execution.connection
        self._execute(connection, self._statements)
        if self._aside is not None:
            if self._marked is None:
                execute(connection, "SAVEPOINT limbeck_aside")
                self._marked = connection
            self._execute(connection, self._aside)
        proceed()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """While entered, what is executed leaves nothing behind."""
        self._aside = []
        try:
            yield
        finally:
            self._aside, marked, self._marked = None, self._marked, None
            if marked is not None:
                execute(marked, "ROLLBACK TO SAVEPOINT limbeck_aside")

    def _execute(self, connection: Connection, statements: list[str]) -> None:
        while statements:
            execute(connection, statements.pop(0))

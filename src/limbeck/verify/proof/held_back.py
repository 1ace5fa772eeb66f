"""Statements that nobody has to wait for, held back until somebody asks the database something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.lint.rehearse.asking import execute
from limbeck.sql.words import first_words

if TYPE_CHECKING:
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

    def layer(self, execution: Execution, proceed: Proceed) -> None:
        """Hold an execution back, or let it happen behind those that were."""
        words = first_words(execution.text, 2)
        if words[:1] and words[0] in _CHANGES_SCHEMA and words not in _ASKS and not execution.parameters:
            self._statements.append(execution.text)
            return
        statements, self._statements = self._statements, []
        for each in statements:
            execute(execution.connection, each)
        proceed()

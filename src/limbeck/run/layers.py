"""What every statement of a run goes through on its way to one database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from limbeck.environment.sqlite_transaction import SqliteTransaction
from limbeck.environment.step_guard import StepGuard
from limbeck.environment.transaction_block import refusal_in_transactions

if TYPE_CHECKING:
    from limbeck.environment.executions import Layer
    from limbeck.environment.reached import Reached
    from limbeck.environment.second_connection import SecondConnection


class Layers:
    """Of one database, for the length of a run; a step begins with `guard`."""

    def __init__(self, reached: Reached, second: SecondConnection | None, remark: Callable[[str], None]) -> None:
        """Lead nothing yet.

        Args:
            second: limbeck's own connection to the database; None when there can be none.
            remark: is told what the user should know at once.
        """
        connection = reached.context.connection
        assert connection is not None
        self._context = reached.context
        self._guard: StepGuard | None = None
        self._sqlite = SqliteTransaction(connection, second, remark) if connection.dialect.name == "sqlite" else None

    def guard(self, outermost: Layer) -> StepGuard:
        """The guard of the next step.

        Args:
            outermost: a layer of the caller's, which sees each statement once.
        """
        layers: list[Layer] = [outermost]
        if self._sqlite is not None:
            self._sqlite.next_step()
            layers.append(self._sqlite)
        if self._context.dialect.name == "postgresql":
            layers.append(refusal_in_transactions(self._context))
        self._guard = StepGuard(self._context, layers, self._undone if self._sqlite is not None else None)
        return self._guard

    @property
    def kept(self) -> bool:
        """Whether something of the step under way was committed before its end."""
        parted = self._sqlite is not None and self._sqlite.parted
        return parted or (self._guard is not None and self._guard.committed)

    def _undone(self) -> bool:
        assert self._sqlite is not None
        self._sqlite.look()
        return self._sqlite.undone

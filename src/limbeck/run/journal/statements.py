"""The statements of one step, as they are executed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from limbeck.model.journal import RecordedStatement

if TYPE_CHECKING:
    from limbeck.environment.executions import Execution, Proceed

LONGEST = 10_000  # characters of a statement
MOST = 500  # statements of a step


class StatementLog:
    """Takes down every statement of a step, with its time and the line that issued it; its `layer` is one of those
    through which executions are led.

    Attributes:
        statements: those that were executed, the one that failed included; cut, and without the ones after `MOST`.
        unrecorded: how many there were after that.
    """

    def __init__(self, path: str, clock: Callable[[], float]) -> None:
        """A log for the revision file at a path."""
        self._path = path
        self._clock = clock
        self.statements: list[RecordedStatement] = []
        self.unrecorded = 0

    def layer(self, execution: Execution, proceed: Proceed) -> None:
        """Take down one execution."""
        begun = self._clock()
        try:
            proceed()
        finally:
            if len(self.statements) < MOST:
                sql = execution.sql if len(execution.sql) <= LONGEST else f"{execution.sql[:LONGEST]} …"
                self.statements.append(RecordedStatement(sql.strip(), self._clock() - begun, self._line()))
            else:
                self.unrecorded += 1

    def clear(self) -> None:
        """Forget everything: the step is tried again from its beginning."""
        self.statements.clear()
        self.unrecorded = 0

    def _line(self) -> int | None:
        """The innermost line of the revision file on the stack."""
        frame = sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename == self._path:
                return frame.f_lineno
            frame = frame.f_back  # type: ignore[assignment]
        return None

"""The statements of one step, as they are executed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from limbeck.environment.left_out import was_left_out
from limbeck.model.journal import RecordedStatement

if TYPE_CHECKING:
    from limbeck.environment.executions import Execution, Proceed

LONGEST = 10_000  # characters of a statement
MOST = 500  # statements of a step
_BENEATH = 7  # frames: this module's, those of `Executions`, and SQLAlchemy's that executes a cursor


class StatementLog:
    """Takes down every statement of a step, with its time and the line that issued it; its `layer` is one of those
    through which executions are led.

    Attributes:
        statements: those that were executed, the one that failed included; cut, and without the ones after `MOST`.
        unrecorded: how many there were after that.
    """

    def __init__(self, path: str, clock: Callable[[], float], begins: Callable[[], None]) -> None:
        """A log for the revision file at a path.

        Args:
            begins: called each time that the step's function is about to begin.
        """
        self._path = path
        self._clock = clock
        self._begins = begins
        self.statements: list[RecordedStatement] = []
        self.unrecorded = 0

    def layer(self, execution: Execution, proceed: Proceed) -> None:
        """Take down one execution."""
        begun = self._clock()
        try:
            proceed()
        finally:
            if not was_left_out(execution):
                self._add(execution.sql, self._clock() - begun)

    def _add(self, sql: str, seconds: float) -> None:
        if len(self.statements) < MOST:
            cut = sql if len(sql) <= LONGEST else f"{sql[:LONGEST]} …"
            self.statements.append(RecordedStatement(cut.strip(), seconds, self._line()))
        else:
            self.unrecorded += 1

    def around(self, function: Callable[..., None]) -> Callable[..., None]:
        """The step's function, which begins a new log each time that it is tried."""

        def logged(*args: Any, **kwargs: Any) -> None:
            self.statements.clear()
            self.unrecorded = 0
            self._begins()
            function(*args, **kwargs)

        return logged

    def _line(self) -> int | None:
        """The innermost line of the revision file on the stack."""
        path, frame = self._path, sys._getframe(_BENEATH)
        while frame.f_code.co_filename != path:
            frame = frame.f_back  # type: ignore[assignment]
            if frame is None:
                return None
        return frame.f_lineno

"""A statement that is not executed, because it was: SQLAlchemy is told what it would have been told."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from limbeck.environment.executions import Execution

_DISCARDS_RESULTS = ("execute_sql", os.path.join("alembic", "operations", "toimpl.py"))  # op.execute()


class _Told:
    """In place of the driver's cursor: it gave no rows, and has changed so many."""

    description = None

    def __init__(self, cursor: Any, rowcount: int, lastrowid: int | None) -> None:
        self._cursor = cursor
        self.rowcount = rowcount
        self.lastrowid = lastrowid

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def leave_out(execution: Execution, rowcount: int, lastrowid: int | None) -> None:
    """Let SQLAlchemy believe that the statement was executed.

    Args:
        rowcount: of rows that it changed; -1 when that is not known.
        lastrowid: the key of the row that it inserted; None without one.
    """
    context: Any = execution.context
    context.cursor = _Told(execution.cursor, rowcount, lastrowid)


def was_left_out(execution: Execution) -> bool:
    """Whether SQLAlchemy was told so."""
    return isinstance(execution.context.cursor, _Told)


def result_is_discarded() -> bool:
    """Whether the statement under way was issued by `op.execute()`, which returns nothing of its result."""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_name == _DISCARDS_RESULTS[0] and code.co_filename.endswith(_DISCARDS_RESULTS[1]):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False

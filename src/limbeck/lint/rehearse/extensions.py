"""Extensions that the scratch server does not have: left out, replaced where that is easy, and told.

What then cannot run because something of theirs is not there is left out too, so that the rest of the chain can be
measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from limbeck.environment.failure import sqlstate
from limbeck.lint.rehearse.stand_ins import stand_in

if TYPE_CHECKING:
    from limbeck.environment.executions import Execution, Proceed

_CREATE = re.compile(r"^\s*create\s+extension\s+(?:if\s+not\s+exists\s+)?(\"[^\"]+\"|[\w$-]+)", re.IGNORECASE)
_NOT_AVAILABLE = frozenset({"0A000", "58P01", "22023"})
# Undefined: function, type or other object, table, column, schema; and what stands in no file of the server.
_UNDEFINED = frozenset({"42883", "42704", "42P01", "42703", "3F000", "58P01", "0A000"})


class Extensions:
    """A layer that leaves out what the scratch server cannot run for want of an extension.

    Attributes:
        missing: names of the extensions that are missing and have no stand-in.
        left_out: what was left out of the revision under way: the extension, or the statement's error.
    """

    def __init__(self, missing: Iterable[str] = ()) -> None:
        self.missing = list(missing)
        self.left_out: list[str] = []
        self._forget: Callable[[], None] = _nothing

    def begin(self, forget: Callable[[], None] | None = None) -> None:
        """A revision begins.

        Args:
            forget: called when the statement that was run last is left out.
        """
        self.left_out = []
        self._forget = forget or _nothing

    @property
    def reason(self) -> str | None:
        """Why the revision under way is not measured as a whole; None when it is."""
        if not self.left_out:
            return None
        names = ", ".join(self.missing)
        return f"it needs {names}, which the scratch server does not have ({self.left_out[0]})"

    def layer(self, execution: Execution, proceed: Proceed) -> None:
        """Run one execution, or leave it out."""
        created = _CREATE.match(execution.sql)
        if created is None and not self.missing:
            proceed()
            return
        within = not getattr(execution.connection.connection.dbapi_connection, "autocommit", False)
        if within:
            execution.connection.exec_driver_sql("SAVEPOINT limbeck_extension")
        try:
            proceed()
        except Exception as error:
            state = sqlstate(error)
            if created is not None and state in _NOT_AVAILABLE:
                self._stand_in(execution, created[1].strip('"'), within=within)
            elif created is None and state in _UNDEFINED:
                _undo(execution, within=within)
                self._forget()
                self.left_out.append(str(error).partition("\n")[0])
            else:
                raise
        else:
            if within:
                execution.connection.exec_driver_sql("RELEASE SAVEPOINT limbeck_extension")

    def _stand_in(self, execution: Execution, name: str, *, within: bool) -> None:
        _undo(execution, within=within)
        self._forget()
        connection = execution.connection
        statements = stand_in(name, int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()))
        for statement in statements:
            connection.exec_driver_sql(statement)
        if not statements:
            self.missing.append(name)
            self.left_out.append(f"CREATE EXTENSION {name}")


def _nothing() -> None:
    """Nobody wants to know."""


def _undo(execution: Execution, *, within: bool) -> None:
    if within:
        execution.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT limbeck_extension")

"""Extensions that the scratch server does not have: left out, replaced where that is easy, and told.

What then cannot run because something of theirs is not there is left out too, so that the rest of the chain can be
measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from limbeck.environment.failure import sqlstate
from limbeck.lint.rehearse.stand_ins import dropping, stand_in, standing

if TYPE_CHECKING:
    from limbeck.database.catalogue import Query
    from limbeck.environment.executions import Execution, Proceed

_CREATE = re.compile(r"^\s*create\s+extension\s+(?:if\s+not\s+exists\s+)?(\"[^\"]+\"|[\w$-]+)", re.IGNORECASE)
_OTHER = re.compile(
    r"^\s*(?:(drop)\s+extension\s+(?:if\s+exists\s+)?|(?:alter|comment\s+on)\s+extension\s+)"
    r"(\"[^\"]+\"|[\w$-]+)(?:.*?\b(cascade)\b)?",
    re.IGNORECASE | re.DOTALL,
)
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
        instead = _of_stand_in(execution.sql, lambda sql: execution.connection.exec_driver_sql(sql).all())
        if instead is not None:
            for words in instead:
                execution.connection.exec_driver_sql(words)
            return
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


def _of_stand_in(statement: str, query: Callable[[str], Sequence[Any]]) -> tuple[str, ...] | None:
    """What is to be executed for a statement that drops, alters or comments an extension which functions stand in for.

    Returns:
        None for any other statement.
    """
    found = _OTHER.match(statement)
    functions = [str(row[0]) for row in query(standing(found[2].strip('"')))] if found is not None else []
    if found is None or not functions:
        return None
    return (dropping(functions, cascade=found[3] is not None),) if found[1] else ()


def with_stand_in(statement: str, query: Query, server: int) -> tuple[str, ...]:
    """What is to be executed for a statement: itself, or what stands in for an extension that the server has not.

    Args:
        query: asks the server.
        server: its version as a number, 180006 for 18.6.
    """
    created = _CREATE.match(statement)
    if created is None:
        instead = _of_stand_in(statement, query)
        return (statement,) if instead is None else instead
    name = created[1].strip('"')
    literal = name.replace("'", "''")
    if query(f"SELECT name FROM pg_catalog.pg_available_extensions WHERE name = '{literal}'"):  # noqa: S608 - quoted
        return (statement,)
    return stand_in(name, server) or (statement,)


def _nothing() -> None:
    """Nobody wants to know."""


def _undo(execution: Execution, *, within: bool) -> None:
    if within:
        execution.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT limbeck_extension")

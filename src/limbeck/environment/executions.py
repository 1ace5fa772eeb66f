"""Every execution of a statement on one connection, led through layers.

A layer is a function that is given the execution and what is left to do, and does that once, several times or not at
all: it can try a statement again, leave out one that has happened already, or do something before and after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, ExecutionContext


@dataclass(frozen=True, slots=True)
class Execution:
    """One call of a driver's `execute` or `executemany`.

    Attributes:
        sql: the statement as the driver gets it.
        parameters: its parameters as the driver gets them; None without any.
        many: whether it is executed once for each of several sets of parameters.
        cursor: the driver's cursor.
        context: SQLAlchemy's execution context.
    """

    sql: str
    parameters: Any
    many: bool
    cursor: Any
    context: ExecutionContext

    @property
    def text(self) -> str:
        """The statement as the database gets it, but for its parameters: a per cent sign is written once."""
        doubled = self.parameters is not None and self.context.dialect.paramstyle in ("format", "pyformat")
        return self.sql.replace("%%", "%") if doubled else self.sql

    @property
    def connection(self) -> Connection:
        """The connection on which it runs; what a layer executes there passes no layer."""
        return self.context.root_connection


OWN = {"limbeck_own": True}  # execution options of a statement that passes no layer

Proceed = Callable[[], None]
Layer = Callable[[Execution, Proceed], None]


@contextmanager
def executions_through(connection: Connection, layers: Sequence[Layer]) -> Iterator[None]:
    """While entered, lead the executions on the connection through the layers, the first one outermost.

    What a layer itself executes on the connection passes none of them, nor what is executed with the options OWN.
    """
    within = False

    def lead(execution: Execution, run: Proceed) -> bool | None:
        nonlocal within
        own = execution.context.execution_options.get("limbeck_own", False)
        if within or own or execution.connection is not connection:
            return None  # SQLAlchemy goes on by itself
        within = True
        try:
            _run(execution, run, layers)
        finally:
            within = False
        return True

    def one(cursor: Any, sql: str, parameters: Any, context: Any) -> bool | None:
        execution = Execution(sql, parameters, False, cursor, context)
        return lead(execution, lambda: context.dialect.do_execute(cursor, sql, parameters, context))

    def without_parameters(cursor: Any, sql: str, context: Any) -> bool | None:
        execution = Execution(sql, None, False, cursor, context)
        return lead(execution, lambda: context.dialect.do_execute_no_params(cursor, sql, context))

    def many(cursor: Any, sql: str, parameters: Any, context: Any) -> bool | None:
        execution = Execution(sql, parameters, True, cursor, context)
        return lead(execution, lambda: context.dialect.do_executemany(cursor, sql, parameters, context))

    listeners: tuple[tuple[str, Callable[..., Any]], ...] = (
        ("do_execute", one),
        ("do_execute_no_params", without_parameters),
        ("do_executemany", many),
    )
    for name, listener in listeners:
        event.listen(connection.engine, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners:
            event.remove(connection.engine, name, listener)


def _run(execution: Execution, run: Proceed, layers: Sequence[Layer]) -> None:
    if not layers:
        run()
        return
    first, rest = layers[0], layers[1:]
    first(execution, lambda: _run(execution, run, rest))

"""Every execution of a statement on one connection, led through layers.

A layer is a function that is given the execution and what is left to do, and does that once, several times or not at
all: it can try a statement again, leave out one that has happened already, or do something before and after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, ExecutionContext


class Execution:
    """One call of a driver's `execute` or `executemany`.

    Attributes:
        sql: the statement as the driver gets it.
        text: the statement as the database gets it, but for its parameters: a per cent sign is written once.
        parameters: its parameters as the driver gets them; None without any.
        many: whether it is executed once for each of several sets of parameters.
        cursor: the driver's cursor.
        context: SQLAlchemy's execution context.
        connection: the one on which it runs; what a layer executes there passes no layer.
    """

    __slots__ = ("connection", "context", "cursor", "many", "parameters", "sql", "text")

    def __init__(self, sql: str, parameters: Any, many: bool, cursor: Any, context: ExecutionContext) -> None:
        self.sql = sql
        self.parameters = parameters
        self.many = many
        self.cursor = cursor
        self.context = context
        self.connection: Connection = context.root_connection
        doubled = "%%" in sql and parameters is not None and context.dialect.paramstyle in ("format", "pyformat")
        self.text = sql.replace("%%", "%") if doubled else sql


OWN = {"limbeck_own": True}  # execution options of a statement that passes no layer

Proceed = Callable[[], None]
Layer = Callable[[Execution, Proceed], None]


class Executions:
    """Those on one connection, while this is open; they pass the layers of `through`, and none outside it.

    Attributes:
        commit: called when the connection's transaction is about to be committed.
        rollback: the same, rolled back.
    """

    def __init__(self, connection: Connection) -> None:
        """Listen: once for all steps, since to begin and to end that takes as long as a statement."""
        self.commit: list[Callable[[Connection], None]] = []
        self.rollback: list[Callable[[Connection], None]] = []
        self._connection = connection
        self._layers: Sequence[Layer] = ()
        self._within = False
        self._listeners: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
            (connection.engine, "do_execute", self._one),
            (connection.engine, "do_execute_no_params", self._without_parameters),
            (connection.engine, "do_executemany", self._many),
            (connection, "commit", lambda _: self._tell(self.commit)),
            (connection, "rollback", lambda _: self._tell(self.rollback)),
        )
        for target, name, listener in self._listeners:
            event.listen(target, name, listener)

    def close(self) -> None:
        """Listen no more."""
        listeners, self._listeners = self._listeners, ()
        for target, name, listener in listeners:
            event.remove(target, name, listener)

    @contextmanager
    def through(self, layers: Sequence[Layer]) -> Iterator[None]:
        """While entered, lead the executions through the layers, the first one outermost.

        What a layer itself executes on the connection passes none of them, nor what is executed with the options OWN.
        """
        self._layers, self._within = layers, False
        try:
            yield
        finally:
            self._layers = ()

    def _tell(self, whom: list[Callable[[Connection], None]]) -> None:
        for function in whom:
            function(self._connection)

    def _one(self, cursor: Any, sql: str, parameters: Any, context: Any) -> bool | None:
        return self._lead(
            partial(context.dialect.do_execute, cursor, sql, parameters), sql, parameters, cursor, context
        )

    def _without_parameters(self, cursor: Any, sql: str, context: Any) -> bool | None:
        execute = partial(context.dialect.do_execute_no_params, cursor, sql)
        return self._lead(execute, sql, None, cursor, context)

    def _many(self, cursor: Any, sql: str, parameters: Any, context: Any) -> bool | None:
        execute = partial(context.dialect.do_executemany, cursor, sql, parameters)
        return self._lead(execute, sql, parameters, cursor, context, many=True)

    def _lead(
        self, execute: Callable[..., None], sql: str, parameters: Any, cursor: Any, context: Any, *, many: bool = False
    ) -> bool | None:
        own = context.execution_options.get("limbeck_own", False)
        if self._within or own or not self._layers or context.root_connection is not self._connection:
            return None  # SQLAlchemy goes on by itself
        execution = Execution(sql, parameters, many, cursor, context)
        self._within = True
        try:
            proceed: Proceed = partial(execute, context)
            for layer in reversed(self._layers):
                proceed = partial(layer, execution, proceed)
            proceed()
        finally:
            self._within = False
        return True


@contextmanager
def executions_through(connection: Connection, layers: Sequence[Layer]) -> Iterator[None]:
    """While entered, lead the executions on the connection through the layers, as `Executions.through` does."""
    executions = Executions(connection)
    try:
        with executions.through(layers):
            yield
    finally:
        executions.close()

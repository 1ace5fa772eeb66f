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

from limbeck.environment.transaction_ends import Listening
from limbeck.sql.opening import first_word

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
        word: the first of the text, in lower case.
        connection: the one on which it runs; what a layer executes there passes no layer.
    """

    __slots__ = ("connection", "context", "cursor", "many", "parameters", "sql", "text", "word")

    def __init__(self, sql: str, parameters: Any, many: bool, cursor: Any, context: ExecutionContext) -> None:
        self.sql = sql
        self.parameters = parameters
        self.many = many
        self.cursor = cursor
        self.context = context
        self.connection: Connection = context.root_connection
        doubled = "%%" in sql and parameters is not None and context.dialect.paramstyle in ("format", "pyformat")
        self.text = sql.replace("%%", "%") if doubled else sql
        self.word = first_word(self.text)


OWN = {"limbeck_own": True}  # execution options of a statement that passes no layer

Proceed = Callable[[], None]
Around = Callable[[Proceed], None]
Layer = Callable[[Execution, Proceed], None]


class Executions:
    """Those on one connection, while this is open; they pass the layers of `through`, and none outside it.

    Attributes:
        commit: called when the connection's transaction is about to be committed.
        rollback: the same, rolled back.
        committing: called after all of `commit`; returns whether it has committed the transaction itself.
    """

    def __init__(self, connection: Connection, around: Around | None = None) -> None:
        """Listen: once for all steps, since to begin and to end that takes as long as a statement.

        Args:
            around: executes what it is given; for every execution on the connection, within all layers and outside.
        """
        self._around = around
        self.commit: list[Callable[[Connection], None]] = []
        self.rollback: list[Callable[[Connection], None]] = []
        self.committing: Callable[[], bool] | None = None
        self._connection = connection
        self._layers: Sequence[Layer] = ()  # the innermost first
        self._within = False
        self._fairy = connection._dbapi_connection
        self._listeners: dict[str, Callable[..., Any]] = {
            "do_execute": self._one,
            "do_execute_no_params": self._without_parameters,
            "do_executemany": self._many,
        }
        for name in self._listeners:
            event.listen(connection.engine, name, self._listeners[name])
        dialect = connection.dialect
        self._ends: tuple[Listening, ...] = (
            Listening(dialect, "do_commit", self._commits),
            Listening(dialect, "do_rollback", self._rolls_back),
        )

    def close(self) -> None:
        """Listen no more."""
        for name in self._listeners:
            event.remove(self._connection.engine, name, self._listeners[name])
        self._listeners = {}
        ends, self._ends = self._ends, ()
        for end in ends:
            end.close()

    @contextmanager
    def through(self, layers: Sequence[Layer]) -> Iterator[None]:
        """While entered, lead the executions through the layers, the first one outermost.

        What a layer itself executes on the connection passes none of them, nor what is executed with the options OWN.
        """
        self._layers, self._within = tuple(reversed(layers)), False
        try:
            yield
        finally:
            self._layers = ()

    def _tell(self, whom: list[Callable[[Connection], None]]) -> None:
        for function in tuple(whom):
            function(self._connection)

    def _commits(self, fairy: Any) -> bool:
        if fairy is not self._connection._dbapi_connection:
            return False
        self._tell(self.commit)
        return self.committing is not None and self.committing()

    def _rolls_back(self, fairy: Any) -> bool:
        if fairy is self._connection._dbapi_connection:
            self._tell(self.rollback)
        return False

    def _notice_another(self) -> None:
        """See that the driver's connection was lost, and another has taken its place: what was under way is gone."""
        if self._connection._dbapi_connection is not self._fairy:
            self._fairy = self._connection._dbapi_connection
            self._tell(self.rollback)

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
        if context.root_connection is not self._connection:
            return None  # SQLAlchemy goes on by itself
        self._notice_another()
        apart = self._within or not self._layers or context.execution_options.get("limbeck_own", False)
        if apart and self._around is None:
            return None  # as above
        proceed: Proceed = partial(execute, context)
        if self._around is not None:
            proceed = partial(self._around, proceed)
        if apart:
            proceed()
            return True
        execution = Execution(sql, parameters, many, cursor, context)
        self._within = True
        try:
            for layer in self._layers:
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

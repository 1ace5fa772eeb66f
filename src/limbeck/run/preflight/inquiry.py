"""Questions to a database that change nothing and end in time, on the connection that `env.py` migrates with.

That connection sees what the run will see: its search path, its role, what `env.py` has set up in its transaction.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from limbeck.environment.failure import one_line
from limbeck.run.preflight.bounds import Code, bounds_on

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Inspector, Row

_AS_IT_IS = {"no_parameters": True}  # per cent signs are not the driver's


class Unanswered(Exception):
    """The database gave no answer.

    Attributes:
        reason: why.
        code: its SQLSTATE or number; None when it gave none.
    """

    def __init__(self, reason: str, code: Code = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class OutOfTime(Unanswered):
    """The time for all questions is over."""


class Inquiry:
    """While entered, the connection answers, within a bound for all questions together."""

    def __init__(self, connection: Connection, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`seconds` are counted from now."""
        self.connection = connection
        self._until = clock() + seconds
        self._clock = clock
        self._bounds = bounds_on(connection, self.out_of_time)
        self._began = False

    def __enter__(self) -> Inquiry:
        self._began = not self.connection.in_transaction()
        self._bounds.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bounds.end()
        if self._began and self.connection.in_transaction():
            self.connection.rollback()

    def out_of_time(self) -> bool:
        """Whether the time for all questions is over."""
        return self._clock() >= self._until

    @property
    def dialect(self) -> str:
        """SQLAlchemy's name."""
        return self.connection.dialect.name

    def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[Row[Any]]:
        """The rows of a query; with parameters these are written `:name`, without it is taken as it is.

        Raises:
            OutOfTime: it was not answered in time.
            Unanswered: the database refuses it.
        """
        with self._answering():
            if parameters is None:
                return list(self.connection.exec_driver_sql(query, execution_options=_AS_IT_IS).all())
            return list(self.connection.execute(text(query), parameters).all())

    def value(self, query: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row; None without a row."""
        found = self.rows(query, parameters)
        return found[0][0] if found else None

    def inspected(self, look: Callable[[Inspector], Any]) -> Any:
        """What SQLAlchemy's inspector says.

        Raises:
            OutOfTime: it was not answered in time.
            Unanswered: the database refuses, or has no such thing.
        """
        with self._answering(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a type that SQLAlchemy does not know
            return look(inspect(self.connection))

    @contextmanager
    def _answering(self) -> Iterator[None]:
        left = self._until - self._clock()
        if left <= 0:
            raise OutOfTime("no time was left")
        try:
            self._bounds.question(left)
            yield
        except DBAPIError as error:
            code, late = self._bounds.failed(error)
            raise OutOfTime("it took too long", code) if late else Unanswered(one_line(error), code) from error
        except SQLAlchemyError as error:
            raise Unanswered(one_line(error)) from error

"""A connection that is lost in the middle of a run, and what the database says afterwards of what was under way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from limbeck.environment.read_back import rows_seen_by
from limbeck.environment.second_connection import SecondConnection
from limbeck.environment.server_session import end_session, session_is_there
from limbeck.model.wait import Wait

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.reached import Reached

_TO_END_BY_ITSELF, _TO_BE_ENDED = 5.0, 5.0  # seconds that the server has for the session that was lost


class Loss:
    """Of the run's connection.

    Attributes:
        seen: it is lost.
    """

    def __init__(
        self, connection: Connection, session: int, wait: Wait, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """It is there.

        Args:
            session: the server's number of its session; 0 if unknown.
            wait: for the server to answer again.
        """
        self._connection = connection
        self._session = session
        self._wait = wait
        self._clock = clock
        self._began = clock()
        self.seen = False

    def see(self, error: BaseException | None) -> None:
        """See whether it is lost.

        Args:
            error: what has ended the run, whatever somebody made of it; None when nothing did.
        """
        # SQLAlchemy's event `handle_error` is not told of everything: MySQL's reflection turns it off.
        self.seen = self._connection.invalidated
        while error is not None and not self.seen:
            self.seen = isinstance(error, DBAPIError) and error.connection_invalidated
            error = error.__cause__ or error.__context__

    def rows_afterwards(self, reached: Reached) -> tuple[str, ...] | None:
        """The rows of the version table, on a connection of its own, when what was under way has come to its end.

        The session that was lost may still be executing what it was sent, a COMMIT too.  It is given some time, and
        then ended.

        Returns:
            None when it has not answered in time.
        """
        found: list[tuple[str, ...]] = []

        def asked() -> bool:
            with suppress(SQLAlchemyError, OSError):
                found.append(self._ask(reached))
            return bool(found)

        if self._connection.dialect.is_async and not _in_event_loop():
            return None
        self._wait.until(asked)
        return found[0] if found else None

    def _ask(self, reached: Reached) -> tuple[str, ...]:
        with closing(SecondConnection(self._connection, reached.search_path or "")) as another:
            if self._session:
                self._settle(another, self._session)
            return rows_seen_by(another, reached.context)

    def _settle(self, another: SecondConnection, session: int) -> None:
        def gone() -> bool:
            return not session_is_there(another, session, self._clock() - self._began)

        if not Wait(_TO_END_BY_ITSELF).until(gone):
            with suppress(SQLAlchemyError):  # it has ended in between
                end_session(another, session)
            if not Wait(_TO_BE_ENDED).until(gone):
                raise TimeoutError(f"the server has not ended its session {session}")


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True

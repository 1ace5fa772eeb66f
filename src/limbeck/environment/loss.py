"""A connection that is lost in the middle of a run, and what the database says afterwards of what was under way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from limbeck.environment.read_back import rows_seen_by
from limbeck.environment.second_connection import SecondConnection
from limbeck.environment.server_session import end_session, session_is_there
from limbeck.model.wait import Wait

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.reached import Reached

_TO_END_BY_ITSELF, _TO_BE_ENDED = 5.0, 5.0  # seconds that the server has for the session that was lost


class Loss:
    """Watches the run's connection.

    Attributes:
        seen: it is lost.
    """

    def __init__(
        self, connection: Connection, session: int, wait: Wait, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Watch it from now on.

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
        event.listen(connection.engine, "handle_error", self._handled)

    def _handled(self, told: Any) -> None:
        if told.is_disconnect and told.connection is self._connection:
            self.seen = True

    def leave(self) -> None:
        """Watch it no more."""
        event.remove(self._connection.engine, "handle_error", self._handled)

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

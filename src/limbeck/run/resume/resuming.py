"""What a run asks of earlier ones, and what it leaves for later ones, on each database that it reaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from limbeck.model.wait import Wait
from limbeck.run.resume.find import EarlierRuns
from limbeck.run.resume.parts import Parts

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

    from limbeck.environment.second_connection import SecondConnection
    from limbeck.graph import RevisionGraph
    from limbeck.run.course import Course
    from limbeck.run.listener import Listener
    from limbeck.run.options import RunOptions


class Resuming:
    """Of one command."""

    def __init__(
        self, options: RunOptions, masked: Callable[[str], str], graph: RevisionGraph, listener: Listener
    ) -> None:
        """Nothing has been asked yet.

        Args:
            masked: takes passwords out of a text.
        """
        self._options = options
        self._masked = masked
        self._graph = graph
        self._listener = listener
        self._earlier: EarlierRuns | None = None
        self._own_sessions: set[int] = set()

    def ask(self, context: MigrationContext, second: SecondConnection | None, session: int) -> None:
        """Wait until the server has done with an earlier run that was cut off; before the version table is read.

        Args:
            session: the server's number of the one in which the steps of this run will be executed; 0 if unknown.

        Raises:
            TargetUnavailable: it has not in time.
        """
        journal = self._options.journal
        self._own_sessions.add(session)
        self._earlier = None
        if second is None:
            return
        self._earlier = EarlierRuns.of(context, second, journal, self._listener.remark)
        if self._earlier is not None:
            now = self._options.process.now
            self._earlier.await_last_session(Wait(self._options.wait), self._own_sessions, now, self._listener)

    def parts(self, course: Course) -> Parts:
        """What goes on with a step that an earlier run has left in the middle, and takes down those of this one.

        Raises:
            StepUnfinished: there is one, and this run is not to go on with it, or cannot.
        """
        connection, rows = course.reached.context.connection, course.reached.state.rows
        assert connection is not None
        left = self._earlier.unfinished(self._graph, rows) if self._earlier is not None else None
        parts = Parts(connection, course.journal, left, self._masked, self._listener.remark)
        if course.second is not None:
            parts.allow(course.plan, course.second, afresh=self._options.afresh)
        return parts

"""A thread that looks after a statement which takes long: who is in its way, how far it has come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from limbeck.model.duration import words
from limbeck.run.waits.blockers import Blocker, in_the_way

if TYPE_CHECKING:
    from limbeck.run.listener import Listener
    from limbeck.run.waits.session import Session

_FIRST_LOOK, _BETWEEN_LOOKS = 0.3, 0.5  # seconds
_SHORTEST_PAUSE = 0.01
_GRACE, _CANCELS = 0.1, 20  # seconds that a driver has to end a statement itself; tries to end it from outside


class Statement:
    """A statement under way, which is itself alone, and no other of the same session."""

    __slots__ = ("begun", "session")

    def __init__(self, session: Session, begun: float) -> None:
        self.session = session
        self.begun = begun


class Watch:
    """What is under way, and what was seen of it.

    The run's thread says when a statement begins and ends, which costs it next to nothing; a thread that starts with
    the first statement looks at it when it takes long.

    Attributes:
        statement: the one under way; None between two.
        blockers: those that were last seen in the way, since `forget`.
        interrupted: somebody wants the run to end.
    """

    def __init__(self, listener: Listener, clock: Callable[[], float] = time.monotonic) -> None:
        self.statement: Statement | None = None
        self.blockers: tuple[Blocker, ...] = ()
        self.interrupted = False
        self._listener = listener
        self._clock = clock
        self._first_look = _FIRST_LOOK
        self._told: frozenset[int] = frozenset()
        self._blind: set[int] = set()  # sessions of which nothing can be seen, by identity
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def begins(self, session: Session) -> None:
        """A statement begins."""
        self.statement = Statement(session, self._clock())
        if self._thread is None:
            self._ended = (
                threading.Event()
            )  # of this thread alone: an earlier one may be about to see that it has ended
            self._thread = threading.Thread(target=self._run, name="limbeck-watch", daemon=True)
            self._thread.start()

    def ends(self) -> None:
        """It has ended."""
        self.statement = None

    def forget(self) -> None:
        """What was seen belongs to the past: another step begins."""
        self.blockers, self._told = (), frozenset()

    def expect(self, lock_timeout: float) -> None:
        """Statements may wait that many seconds from now on (0: for ever): look before that is over."""
        self._first_look = min(_FIRST_LOOK, lock_timeout / 2) if lock_timeout else _FIRST_LOOK

    def stop(self) -> None:
        """End the thread; it is not waited for while it asks the server."""
        self._ended.set()
        self._thread = None
        self.statement = None

    def cancel(self) -> None:
        """Somebody wants the run to end; the statement under way is ended on a thread of its own."""
        self.interrupted = True
        if self.statement is not None:
            threading.Thread(target=self._end, args=(self.statement,), name="limbeck-cancel", daemon=True).start()

    def _end(self, statement: Statement) -> None:
        """End a statement from outside, unless the driver does so itself on the run's own thread."""
        pause = _GRACE
        for _ in range(_CANCELS):
            self._ended.wait(pause)
            if self.statement is not statement:
                return
            pause = _BETWEEN_LOOKS
            try:
                statement.session.cancel()
            except (SQLAlchemyError, OSError) as error:
                self._listener.remark(f"the statement under way cannot be ended: {_class(error)}")

    def _run(self) -> None:
        ended, seen, due = self._ended, None, 0.0
        while not ended.wait(max(_SHORTEST_PAUSE, self._first_look / 4)):
            statement = self.statement
            if statement is None:
                continue
            if statement is not seen:
                seen, due = statement, statement.begun + self._first_look
            if self._clock() >= due:
                self._look(statement)
                due = self._clock() + _BETWEEN_LOOKS

    def _look(self, statement: Statement) -> None:
        """Ask the server; what it says of a statement that has ended meanwhile is not told."""
        session = statement.session
        if id(session) in self._blind:
            return
        try:
            blockers = session.blockers()
            doing = "" if blockers else session.progress()
        except TimeoutError:
            return  # the run holds up the event loop, in which the answer would come
        except (SQLAlchemyError, OSError) as error:
            if self.statement is statement:
                self._blind.add(id(session))
                self._listener.remark(f"who is in the way cannot be seen: {_class(error)}")
            return
        if blockers:
            self.blockers = blockers
        if self.statement is statement:
            self._tell(blockers, doing, self._clock() - statement.begun)

    def _tell(self, blockers: tuple[Blocker, ...], doing: str, seconds: float) -> None:
        who = frozenset(blocker.pid for blocker in blockers)
        if blockers and who != self._told:
            self._told = who
            self._listener.remark(f"waiting for a lock: {in_the_way(blockers)}")
        if blockers or seconds >= _FIRST_LOOK:
            what = "waiting for a lock" if blockers else doing
            self._listener.progress(words(seconds) + (f", {what}" if what else ""))


def _class(error: BaseException) -> str:
    """The class of an error, of a database's the driver's own."""
    return type(error.orig if isinstance(error, DBAPIError) else error).__name__

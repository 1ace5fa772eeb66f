"""Who is in the way: sessions that hold what a statement waits for."""

from __future__ import annotations

from limbeck.model.duration import words
from limbeck.model.literals import shortened, without_literals
from limbeck.model.record import NamedTuple

_QUERY_CHARACTERS = 80
_SHOWN = 3


class Blocker(NamedTuple):
    """A session of the server.

    Attributes:
        pid: its number on the server; 0 is a transaction that was prepared, which belongs to no session.
        user: its database user; None when the server does not tell.
        application: what it calls itself; empty when it says nothing.
        age: seconds since its transaction began; None without one, and when the server does not tell.
        state: what it does, in the server's word, such as `idle in transaction`.
        query: its statement, or its last one, without literals; empty when the server does not tell.
        certain: the server says that it is in the way; else it is one of those that may be.
    """

    pid: int
    user: str | None = None
    application: str = ""
    age: float | None = None
    state: str = ""
    query: str = ""
    certain: bool = True

    def words(self) -> str:
        """The session for people: `pid 4711 (user app, idle in transaction, begun 12 min ago: SELECT …)`."""
        if self.pid == 0:
            return "a prepared transaction (see pg_prepared_xacts)"
        known = [f"user {self.user}"] if self.user else []
        if self.application:
            known.append(f"application {self.application}")
        if self.state:
            known.append(self.state)
        if self.age is not None:
            known.append(f"begun {words(self.age)} ago")
        told = ", ".join(known) + (f": {self.query}" if self.query else "")
        return f"pid {self.pid} ({told})" if told else f"pid {self.pid}"


def shown_query(query: str | None, *, mysql: bool = False) -> str:
    """A query of somebody else's as it may be shown: without literals, and short."""
    return shortened(without_literals(query or "", mysql=mysql), _QUERY_CHARACTERS)


def in_the_way(blockers: tuple[Blocker, ...]) -> str:
    """All of them for people, the one with the oldest transaction first: `held by pid 4711 (…)`."""
    shown = sorted(blockers, key=lambda blocker: -(blocker.age or 0.0))
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    perhaps = "" if all(blocker.certain for blocker in shown) else "perhaps "
    return f"held {perhaps}by {'; '.join(blocker.words() for blocker in shown[:_SHOWN])}{more}"

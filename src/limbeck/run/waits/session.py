"""The session in which a run's steps are executed, seen from inside and from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from limbeck.environment.executions import Execution, Proceed
from limbeck.run.waits.blockers import Blocker

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.second_connection import SecondConnection
    from limbeck.model.bounds import Bounds


class Session(Protocol):
    """The session of the connection that `env.py` has configured.

    What is said of threads: the last four are called while the run's own thread waits for a statement.

    Attributes:
        pid: the server's number of it; 0 where there is no server, or nobody has asked it.
    """

    connection: Connection
    pid: int

    def take_up(self, bounds: Bounds, earlier: Session | None) -> None:
        """Remember how the project has set the session up, and bound what comes before the first step.

        Args:
            earlier: a Session of the same connection that has not been given back, and knows that better.
        """

    def begin(self, bounds: Bounds, lock_timeout: float, name: str, *, own_transaction: bool) -> None:
        """Bound what follows, within the transaction of a step that begins.

        Args:
            lock_timeout: seconds to wait for a lock; 0 for ever.
            name: what the session calls itself to others.
            own_transaction: it is the step's alone, so that its commit need not reach the disk before the next begins.
        """

    def settle(self) -> None:
        """See that what the steps have committed is on the disk.

        Raises:
            DBAPIError: it cannot be seen to.
        """

    def wait_at_most(self, lock_timeout: float) -> None:
        """Change nothing but the seconds to wait for a lock."""

    def waits(self, lock_timeout: float) -> float:
        """The seconds that it waits for a lock when it was told that many; 0 when that is not known."""

    def lifting(self, execution: Execution, proceed: Proceed) -> None:
        """A layer: lift the bound for a statement whose waiting holds nobody up; broken off, it leaves a mess."""

    def give_back(self, *, commit: bool) -> None:
        """Set the session as it was, with the driver's connection alone, which may be on its way to its pool.

        Args:
            commit: no transaction is open, so that one would be left open here.
        """

    def blockers(self) -> tuple[Blocker, ...]:
        """Who is in the way of the statement under way; empty when nobody is, or nobody can be seen."""

    def progress(self) -> str:
        """How far the statement under way has come, in words; empty when the server does not tell."""

    def cancel(self) -> None:
        """End the statement under way, from outside."""

    def abandoned(self) -> None:
        """The run has left a statement that may go on at the server: see to its end."""


def session_of(connection: Connection, second: SecondConnection | None) -> Session:
    """The session of a connection.

    Args:
        second: limbeck's own connection to the database; None without one.
    """
    if second is not None and second.dialect == "postgresql":
        from limbeck.run.waits.postgresql import PostgresSession

        return PostgresSession(connection, second)
    if second is not None and second.dialect in ("mysql", "mariadb"):
        from limbeck.run.waits.mysql import MariaSession

        return MariaSession(connection, second)
    from limbeck.run.waits.plain import PlainSession

    return PlainSession(connection)

"""The session of a database whose waits limbeck leaves as they are: SQLite has its own `busy_timeout`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limbeck.environment.executions import Execution, Proceed
from limbeck.run.waits.blockers import Blocker

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.model.bounds import Bounds
    from limbeck.run.waits.session import Session


class PlainSession:
    """A Session that sets nothing and sees nobody; a statement of SQLite can be ended."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.pid = 0

    def take_up(self, bounds: Bounds, earlier: Session | None) -> None:
        """There is nothing to remember."""

    def begin(self, bounds: Bounds, lock_timeout: float, name: str, *, own_transaction: bool) -> None:
        """There is nothing to set."""

    def settle(self) -> None:
        """Every commit waits for the disk, as it always does."""

    def wait_at_most(self, lock_timeout: float) -> None:
        """There is nothing to set."""

    def waits(self, lock_timeout: float) -> float:  # noqa: ARG002 - nobody can tell it
        """As long as the database likes."""
        return 0.0

    def lifting(self, execution: Execution, proceed: Proceed) -> None:  # noqa: ARG002 - a layer
        """There is nothing to lift."""
        proceed()

    def give_back(self, *, commit: bool) -> None:
        """There is nothing to set."""

    def blockers(self) -> tuple[Blocker, ...]:
        """Nobody can be seen."""
        return ()

    def progress(self) -> str:
        """Nothing is told."""
        return ""

    def cancel(self) -> None:
        """Interrupt SQLite; of other drivers, nothing that could be used from another thread is known."""
        if self.connection.dialect.name == "sqlite":
            driver: Any = self.connection.connection.driver_connection
            getattr(driver, "_conn", driver).interrupt()  # aiosqlite keeps the connection of its thread there

    def abandoned(self) -> None:
        """Nothing goes on elsewhere."""

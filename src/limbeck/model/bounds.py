"""How long a run may wait, and make others wait."""

from __future__ import annotations

from collections.abc import Mapping

from limbeck.model.duration import Duration
from limbeck.model.record import NamedTuple


class Bounds(NamedTuple):
    """The bounds of one step.

    Attributes:
        lock_timeout: how long a statement waits for a lock at most.
        lock_wait: how long a step is tried again while a lock is not had.
        statement_timeout: how long a statement may take at most; None leaves it to the session.
        idle_in_transaction_session_timeout: how long a transaction may lie idle; None leaves it to the session.
        lock_timeout_given: somebody has set `lock_timeout` for limbeck, so that it goes before one that the project's
        own session has.
    """

    lock_timeout: Duration
    lock_wait: Duration
    statement_timeout: Duration | None = None
    idle_in_transaction_session_timeout: Duration | None = None
    lock_timeout_given: bool = False

    def with_declared(self, declared: Mapping[str, Duration]) -> Bounds:
        """The bounds with those that a revision file declares in their place; see DECLARABLE."""
        if not declared:
            return self
        return self._replace(**declared, lock_timeout_given=self.lock_timeout_given or "lock_timeout" in declared)


DECLARABLE = ("lock_timeout", "lock_wait", "statement_timeout", "idle_in_transaction_session_timeout")

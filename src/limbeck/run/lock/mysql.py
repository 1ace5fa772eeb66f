"""The run lock on MariaDB and MySQL: a named lock of the session, tried and never waited for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from limbeck.run.lock.holder import Holder

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.second_connection import SecondConnection

_HOLDER = "SELECT host FROM information_schema.processlist WHERE id = IS_USED_LOCK(:name)"


class NamedLock:
    """Held by the session of `second`.  Names are those of the whole server, so that the database's is part of it."""

    def __init__(self, second: SecondConnection, schema: str, table: str) -> None:
        digest = hashlib.sha256(f"limbeck run\0{schema}\0{table}".encode()).hexdigest()
        self.name = f"limbeck run {digest[:40]}"
        self._second = second

    def try_acquire(self, holder: Holder) -> bool:  # noqa: ARG002 - there is no place to write it
        """Take it, unless somebody else holds it."""
        return bool(self._second.value("SELECT GET_LOCK(:name, 0)", {"name": self.name}))

    def refuse_pooler(self, beside: Connection) -> None:
        """Nothing to refuse: the poolers of this database keep a session's connection once it has taken a lock."""

    def holder(self) -> Holder | None:
        """Who holds it, as far as the server tells: the address; None when nobody does any more."""
        if self._second.value("SELECT IS_USED_LOCK(:name)", {"name": self.name}) is None:
            return None
        return Holder(self._second.value(_HOLDER, {"name": self.name}))

    def release(self) -> None:
        """Let it go."""
        self._second.execute("SELECT RELEASE_LOCK(:name)", {"name": self.name})

"""Which transactions a run has: what was asked for, what `env.py` said and holds by itself, when the last has ended."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine import Connection

AS_ALEMBIC = "as alembic"
# With -x dry-run, say, it rolls back what it has run: with a transaction for each revision, that would be committed.
_ENDS_IT_ITSELF = re.compile(rb"\bbegin_transaction\(\)\s+as\b|\brollback\(")


class Transactions:
    """Those of one run of `env.py`: as somebody has asked for them, else as it says, else one for each revision."""

    def __init__(self, asked: str | None, env_py: str) -> None:
        """It has said nothing yet.

        Args:
            asked: "revision", "run" or AS_ALEMBIC; None leaves it to `env.py`.
            env_py: its path.
        """
        self._asked = asked
        self._env_py = env_py
        self._by_default = False

    def settle(self, options: dict[str, Any]) -> None:
        """Hear what it says to `context.configure()`, and put there what shall be."""
        said = _transaction_said(options.get("transaction_per_migration"), self._env_py)
        self._by_default = self._asked is None and said is None
        if self._by_default:
            options["transaction_per_migration"] = True
        elif self._asked not in (None, AS_ALEMBIC):
            options["transaction_per_migration"] = self._asked == "revision"

    def around(self, context: MigrationContext) -> AbstractContextManager[None]:
        """What the steps are to run in."""
        return _kept_transaction(context) if self._by_default else nullcontext()


def _transaction_said(given: bool | None, env_py: str) -> bool | None:
    """What `env.py` said of a transaction for each revision; None when it said nothing.

    Before Alembic 1.20 the proxy in `alembic.context` passes the default along, so that a False there may be no word of
    `env.py`: then its text decides.  One that may roll the transaction back has said that there is one.
    """
    if given:
        return given
    with open(env_py, "rb") as file:
        text = file.read()
    if _ENDS_IT_ITSELF.search(text) is not None:
        return False
    return given if b"transaction_per_migration" in text else None


@contextmanager
def _kept_transaction(context: MigrationContext) -> Iterator[None]:
    """Keep the transaction that `env.py` has begun, when it has set something up in it.

    `SET LOCAL search_path`, an advisory lock or LOCK TABLE after `context.begin_transaction()` hold for one
    transaction: with one for each revision, the second revision would run without them.
    """
    connection = context.connection
    if (
        connection is not None
        and not context.as_sql
        and not context._in_external_transaction
        and context.impl.transactional_ddl
        and connection.in_transaction()
    ):
        context._transaction_per_migration = False
        with context.begin_transaction():
            yield
    else:
        yield


def has_own_transaction(context: MigrationContext) -> bool:
    """Whether `env.py` itself holds the transaction, or asked for one over all revisions."""
    return context._in_external_transaction or not context._transaction_per_migration


def when_given_back(connection: Connection, function: Callable[[], Any]) -> None:
    """Call the function once, when the connection's transaction has ended and it goes back to its pool."""
    driver = connection.connection.dbapi_connection
    called = False

    def given_back(dbapi_connection: Any, _record: Any) -> None:
        nonlocal called
        if dbapi_connection is driver and not called:
            called = True
            function()

    event.listen(connection.engine.pool, "checkin", given_back)

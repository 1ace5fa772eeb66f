"""What PostgreSQL would refuse in a transaction, refused before it is sent, with the way round it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.environment.driver_transaction import in_autocommit, in_transaction
from limbeck.model.errors import UsageError
from limbeck.sql.alone import alone
from limbeck.sql.boundaries import AUTOCOMMIT_BLOCK
from limbeck.sql.tokens import statements

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Layer, Proceed

_READY = 1  # psycopg2's STATUS_READY: it sends BEGIN before the next statement


class RefusedStatement(UsageError):
    """A statement that the database would refuse was not sent.

    Attributes:
        statement: its SQL.
    """

    def __init__(self, message: str, *, hint: str, statement: str) -> None:
        super().__init__(message, hint=hint)
        self.statement = statement


def refusal_in_transactions(context: MigrationContext) -> Layer:
    """A layer that raises RefusedStatement for what cannot run in a transaction, while there is one."""

    def layer(execution: Execution, proceed: Proceed) -> None:
        name = alone(execution.text)
        if name is not None:
            if _in_block(execution.connection):
                raise RefusedStatement(
                    f"{name} cannot run in a transaction, and this revision is in one",
                    hint=_remedy(context),
                    statement=execution.text,
                )
            if len(statements(execution.text, "postgresql")) > 1:
                raise RefusedStatement(
                    f"{name} cannot run together with other statements",
                    hint="give each statement an op.execute() of its own",
                    statement=execution.text,
                )
        proceed()

    return layer


def _remedy(context: MigrationContext) -> str:
    if context._in_external_transaction:
        return "env.py holds the transaction itself: let it use engine.connect() in place of engine.begin()"
    return f"in the revision, put it into `{AUTOCOMMIT_BLOCK}`"


def _in_block(connection: Connection) -> bool:
    """Whether a statement executed now runs in a transaction; False too when the driver does not tell."""
    open_now = in_transaction(connection) is True
    if in_autocommit(connection) or open_now:
        return open_now
    name, driver = connection.dialect.driver, connection.connection.dbapi_connection
    if name == "psycopg2":
        return getattr(driver, "status", None) == _READY
    if name == "asyncpg":
        return getattr(driver, "_transaction", None) is None
    return name in ("psycopg", "psycopg_async")

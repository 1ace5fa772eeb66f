"""What can stop a command of this server.

    KronosError               the message, a hint, and the exit code
    ├── ConfigurationError    DATABASE_URL, a driver or a revision that cannot be used
    ├── UnreachableError      no connection, or a lock that another migration holds; safe to try again
    └── MigrationError        the database refused a migration, which was rolled back

A message never holds a password, nor the text of DATABASE_URL.
"""

from __future__ import annotations

from enum import IntEnum

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError


class Exit(IntEnum):
    """The exit codes of init_db.py and run_migrations.py."""

    DONE = 0
    DECLINED = 1
    USAGE = 2
    UNREACHABLE = 4
    FAILED = 5
    BUG = 70
    INTERRUPTED = 130


class KronosError(CommandError):
    """Expected trouble. An Alembic CommandError, so that plain `alembic` too reports it in a line."""

    exit = Exit.FAILED

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class ConfigurationError(KronosError):
    """Something the caller has to change before any attempt can succeed."""

    exit = Exit.USAGE


class UnreachableError(KronosError):
    """The database could not be reached, or was busy."""

    exit = Exit.UNREACHABLE


class MigrationError(KronosError):
    """A migration failed and was rolled back."""

    exit = Exit.FAILED


def reason(error: DBAPIError) -> str:
    """What the server said, in a line.

    Only its main message: the details may quote a row, and SQLAlchemy's own text quotes the statement.
    """
    diagnosis = getattr(error.orig, "diag", None)
    said = getattr(diagnosis, "message_primary", None) or str(error.orig)
    lines = said.strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__


def sqlstate(error: DBAPIError) -> str | None:
    """The server's five-character code for the error; None when the server never answered."""
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)  # psycopg, psycopg2

"""Statements handed to the driver, past SQLAlchemy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from limbeck.sql.words import first_words, names_in

if TYPE_CHECKING:
    from limbeck.environment.executions import Execution

_GIVE_NOTHING = frozenset(["create", "alter", "drop", "comment", "grant", "revoke", "truncate", "lock", "reindex"])


def execute(execution: Execution, sql: str) -> None:
    """Execute one statement of a text in the place of the whole."""
    execution.context.dialect.do_execute(execution.cursor, sql, execution.parameters or {}, execution.context)


def gives_nothing(execution: Execution, sql: str) -> bool:
    """Whether a statement is handed to the server as it is written, and nobody reads an answer to it."""
    if execution.many or execution.parameters or "%" in sql or type(execution.cursor).__module__ != "psycopg":
        return False
    return bool(_GIVE_NOTHING.intersection(first_words(sql))) and "as" not in names_in(sql)


def by_itself(execution: Execution, sql: str) -> None:
    """Execute a statement that SQLAlchemy is not to know of."""
    cursor = execution.connection.connection.cursor()
    try:
        cursor.execute(sql)
    finally:
        cursor.close()


def wrapped(error: Exception) -> BaseException:
    """The error in whose class the SQLSTATE is looked for."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error

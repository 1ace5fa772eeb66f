"""What a database says when it refuses a statement, whichever driver tells it."""

from __future__ import annotations

from typing import NamedTuple

from limbeck.model.secrets import masked


class Refusal(NamedTuple):
    """An error of the database.

    Attributes:
        code: SQLSTATE, or the error number of MariaDB, or SQLite's error name.
        constraint: the constraint that was violated, when the driver tells; else empty.
        message: the first line of what the database said.
    """

    code: str
    constraint: str
    message: str


def refusal_of(error: BaseException) -> Refusal | None:
    """The refusal that an exception of psycopg, psycopg2, asyncpg, SQLAlchemy, pymysql or sqlite3 carries; None for
    any other exception.
    """
    original = getattr(error, "orig", None) or error
    code = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    if code is None and original.args and isinstance(original.args[0], int):
        code = original.args[0]
    if code is None:
        code = getattr(original, "sqlite_errorname", None)
    if code is None:
        return None
    diagnosis = getattr(original, "diag", original)
    text = getattr(diagnosis, "message_primary", None) or str(original.args[-1] if original.args else original)
    lines = text.strip().splitlines()
    return Refusal(str(code), getattr(diagnosis, "constraint_name", None) or "", masked(lines[0] if lines else "", ()))

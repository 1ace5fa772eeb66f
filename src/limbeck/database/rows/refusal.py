"""What a database says when it refuses a statement, whichever driver tells it."""

from __future__ import annotations

from typing import NamedTuple

from limbeck.model.secrets import masked

# What other databases say, by PostgreSQL's codes: one language for those who decide by it.
_CODES: dict[str, str] = {
    **dict.fromkeys(("1062", "1169", "1586"), "23505"),
    **dict.fromkeys(("1048", "1364"), "23502"),  # a column that cannot be NULL, or has no default
    **dict.fromkeys(("1138", "1263"), "23502"),  # NULL found while a column was made NOT NULL
    **dict.fromkeys(("1216", "1217", "1451", "1452", "1761", "1762", "1834"), "23503"),
    **dict.fromkeys(("4025", "3819"), "23514"),
    **dict.fromkeys(("1406", "1265"), "22001"),  # too long, or truncated
    **dict.fromkeys(("1264", "1690", "1916"), "22003"),  # out of range
    **dict.fromkeys(("1292", "1366", "1411", "1525"), "22007"),  # an incorrect value
    "1242": "21000",
    "1365": "22012",
    **dict.fromkeys(("3140", "3141"), "22032"),
    "1644": "P0001",  # SIGNAL
    **dict.fromkeys(("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID"), "23505"),
    "SQLITE_CONSTRAINT_NOTNULL": "23502",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "23503",
    "SQLITE_CONSTRAINT_CHECK": "23514",
    "SQLITE_CONSTRAINT_DATATYPE": "22007",
    "SQLITE_MISMATCH": "22007",
    "SQLITE_TOOBIG": "22001",
    "SQLITE_CONSTRAINT_TRIGGER": "P0001",  # RAISE
    "SQLITE_ERROR": "HY000",  # of anything: SQLite does not say more
}
_ANY_OTHER = "42000"  # of MariaDB, MySQL or SQLite
_MYSQL = ("pymysql", "MySQLdb", "mysql", "mariadb", "asyncmy", "aiomysql")  # modules of drivers


class Refusal(NamedTuple):
    """An error of the database.

    Attributes:
        code: SQLSTATE; of other databases than PostgreSQL, what comes nearest to it.
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
    code = translated_code(original) or getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    if code is None:
        return None
    diagnosis = getattr(original, "diag", original)
    text = getattr(diagnosis, "message_primary", None) or str(original.args[-1] if original.args else original)
    lines = text.strip().splitlines()
    return Refusal(str(code), getattr(diagnosis, "constraint_name", None) or "", masked(lines[0] if lines else "", ()))


def translated_code(error: BaseException) -> str | None:
    """What comes nearest to the error of MariaDB, MySQL or SQLite among PostgreSQL's codes; None for any other one."""
    original = getattr(error, "orig", None) or error
    if type(original).__module__.partition(".")[0] in _MYSQL:
        number = getattr(original, "errno", None) or (original.args[0] if original.args else None)
        return _CODES.get(str(number), _ANY_OTHER) if isinstance(number, int) else None
    name = getattr(original, "sqlite_errorname", None)
    return None if name is None else _CODES.get(name, _ANY_OTHER)

"""A session of the server's that a run has lost, or an earlier one has left: whether it is still there, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from limbeck.environment.second_connection import SecondConnection

# A server gives a number again.  While a step runs, its session goes by this name; another one is not meant.
_POSTGRESQL = """
SELECT 1 FROM pg_stat_activity WHERE pid = :number AND pid <> pg_backend_pid()
AND datname = current_database() AND usename = current_user AND application_name LIKE 'limbeck %'
"""
_MYSQL = """
SELECT 1 FROM information_schema.processlist
WHERE id = :number AND user = substring_index(user(), '@', 1) AND id <> connection_id()
"""


def session_is_there(second: SecondConnection, number: int, ago: float) -> bool:
    """Whether a session in which a step of our own user's ran is still there.

    Args:
        number: the server's.
        ago: seconds since it is known to have been there.
    """
    if second.dialect == "postgresql":
        return bool(second.rows(_POSTGRESQL, {"number": number}))
    if second.dialect in MYSQL and second.rows(_MYSQL, {"number": number}):
        # It numbers them from 1 when it starts.
        _, uptime = tuple(second.rows("SHOW GLOBAL STATUS LIKE 'Uptime'")[0])
        return int(uptime) >= ago
    return False


def end_session(second: SecondConnection, number: int) -> None:
    """Have the server end a session of our own user."""
    if second.dialect == "postgresql":
        second.execute("SELECT pg_terminate_backend(:number)", {"number": number})
    else:
        second.execute(f"KILL {number}")

"""Scratch databases that note what is touched, so that a proof's cost does not grow with what was there before, and
have a function that reads rows."""

from __future__ import annotations

import psycopg

from limbeck.database.catalogue import Query
from limbeck.database.catalogue.postgresql.scope import WATCH
from limbeck.database.catalogue.postgresql.watch import install, is_installed
from limbeck.database.rows.postgresql_function import ROWS_FUNCTION

_FURTHER = (ROWS_FUNCTION,)


def is_watched(address: str) -> bool:
    """Have a database note what is touched, unless it does already; False where that takes rights that we lack.

    Args:
        address: for libpq.
    """
    with psycopg.connect(address) as connection:
        query: Query = lambda sql: connection.execute(sql.encode()).fetchall()  # noqa: E731 - short
        ((superuser,),) = query("SELECT current_setting('is_superuser') = 'on'")
        if superuser and not is_installed(query, _FURTHER):
            install(query, lambda sql: connection.execute(sql.encode()), _FURTHER)
            # A revision may switch triggers off for its own statements, and ours with them.
            for trigger in ("ended", "dropped"):
                connection.execute(f"ALTER EVENT TRIGGER {WATCH}_{trigger} ENABLE ALWAYS".encode())
        return bool(superuser)

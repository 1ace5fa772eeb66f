"""Scratch databases that note what is touched, so that a proof's cost does not grow with what was there before, and
have a function that reads rows."""

from __future__ import annotations

from limbeck.database.catalogue.postgresql.scope import WATCH
from limbeck.database.catalogue.postgresql.watch import install, is_installed
from limbeck.database.rows.postgresql_function import ROWS_FUNCTION
from limbeck.verify.proof.session import Session

_FURTHER = (ROWS_FUNCTION,)


def is_watched(address: str) -> bool:
    """Have a database note what is touched, unless it does already; False where that takes rights that we lack.

    Args:
        address: for libpq.
    """
    with Session(address) as session:
        return watch(session)


def watch(session: Session) -> bool:
    """The same, of the database of a session."""
    with session.transaction():
        ((superuser,),) = session.query("SELECT current_setting('is_superuser') = 'on'")
        if superuser and not is_installed(session.query, _FURTHER):
            session.later("SET LOCAL session_replication_role = replica")  # no event trigger of a revision's is for us
            session.later("SET LOCAL check_function_bodies = off")  # tests have seen them
            install(session.query, session.later, _FURTHER)
            # A revision may switch triggers off for its own statements, and ours with them.
            session.later(*(f"ALTER EVENT TRIGGER {WATCH}_{each} ENABLE ALWAYS" for each in ("ended", "dropped")))
    return bool(superuser)

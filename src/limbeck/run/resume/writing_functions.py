"""Which functions of the database may change something when a query calls them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, text

from limbeck.environment.catalogue_state import Rows
from limbeck.sql.tokens import MYSQL

# Those of PostgreSQL itself change no row; of the others, a function that is not volatile cannot.
_POSTGRESQL = """
SELECT DISTINCT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE provolatile = 'v' AND n.nspname <> 'pg_catalog' AND proname IN :names
"""
_MYSQL = "SELECT DISTINCT lower(routine_name) FROM information_schema.routines WHERE routine_name IN :names"


def may_write(rows: Rows, dialect: str, names: Collection[str]) -> set[str]:
    """Those of the functions that may change something.

    Args:
        rows: executes a query.
        dialect: SQLAlchemy's name.
        names: of functions, in lower case.
    """
    if dialect == "postgresql":
        query = text(_POSTGRESQL)
    elif dialect in MYSQL:
        query = text(_MYSQL)
    else:
        return set()  # SQLite has those of the process alone
    return {str(row[0]).lower() for row in rows(query.bindparams(bindparam("names", sorted(names), expanding=True)))}

"""The catalogue of whatever database answers."""

from __future__ import annotations

from collections.abc import Collection

from limbeck.database.catalogue.catalogue import Catalogue, Query
from limbeck.model.errors import UsageError


def snapshot(query: Query, *, dialect: str = "postgresql", without: Collection[str] = ()) -> Catalogue:
    """Everything that users made in the database.

    Args:
        query: runs one statement; on PostgreSQL, inside a transaction that lasts for the whole call.
        dialect: SQLAlchemy's name of it: `postgresql`, `mysql`, `mariadb` or `sqlite`.
        without: names of tables, with or without their schema, that are left out with all that hangs on them.

    Raises:
        NoTransaction: each statement was a transaction of its own, on PostgreSQL.
        UsageError: there is no such dialect here, or the server is older than PostgreSQL 12.
    """
    if dialect == "postgresql":
        from limbeck.database.catalogue.postgresql.snapshot import snapshot as postgresql

        return postgresql(query, without=without)
    if dialect in ("mysql", "mariadb"):
        from limbeck.database.catalogue.mysql import snapshot as mysql

        return mysql(query, without=without)
    if dialect == "sqlite":
        from limbeck.database.catalogue.sqlite.snapshot import snapshot as sqlite

        return sqlite(query, without=without)
    raise UsageError(f"the catalogue of this kind of database cannot be read: {dialect}")

"""Catalogues and rows by a psycopg connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from limbeck.database.catalogue import Catalogue, Query, snapshot
from limbeck.database.rows import Seeded
from limbeck.database.rows.seed import seed


def query_of(connection: Connection[Any]) -> Query:
    """Runs a statement on it."""

    def query(sql: str) -> Sequence[tuple[Any, ...]]:
        return connection.execute(sql).fetchall()

    return query


def taken(connection: Connection[Any], *without: str) -> Catalogue:
    """A snapshot of its database."""
    return snapshot(query_of(connection), without=without)


def seeded(connection: Connection[Any], rows: int = 5, **options: Any) -> Seeded:
    """Rows for all tables of its database."""
    return seed(query_of(connection), connection.execute, taken(connection), rows, **options)

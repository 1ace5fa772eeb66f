"""A transaction in an empty PostgreSQL database, and what tests ask of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection[Any]]:
    """A transaction in an empty database; it is rolled back."""
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        yield connection
        connection.rollback()

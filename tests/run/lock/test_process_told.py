"""The server process that drivers are told of is the one that answers, where no pooler stands between."""

from __future__ import annotations

import asyncio
import importlib.util

import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from limbeck.run.lock.postgresql import process_told
from tests.conftest import demand_or_skip


def both(connection: Connection) -> tuple[int | None, int]:
    return process_told(connection), connection.execute(text("SELECT pg_backend_pid()")).scalar_one()


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_driver(database_url: str, driver: str) -> None:
    if importlib.util.find_spec(driver) is None:
        demand_or_skip(f"{driver} is not installed")
    engine = create_engine(make_url(database_url).set(drivername=f"postgresql+{driver}"))
    with engine.connect() as connection:
        told, answers = both(connection)
    engine.dispose()
    assert told == answers


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_async_driver(database_url: str, driver: str) -> None:
    async def ask() -> tuple[int | None, int]:
        engine = create_async_engine(make_url(database_url).set(drivername=f"postgresql+{driver}"))
        async with engine.connect() as connection:
            found = await connection.run_sync(both)
        await engine.dispose()
        return found

    told, answers = asyncio.run(ask())
    assert told == answers

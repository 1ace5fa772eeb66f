"""Kinds of `env.py` that projects have."""

from __future__ import annotations

ASYNC = """\
import asyncio
from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine


def work(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def main():
    engine = create_async_engine("postgresql+asyncpg://nobody@nowhere/none", poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(work)
    await engine.dispose()


asyncio.run(main())
"""

OWN_TRANSACTION = """\
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine("postgresql+psycopg://nobody@nowhere/none", poolclass=pool.NullPool)
with engine.begin() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""

ONE_TRANSACTION = """\
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine("postgresql+psycopg://nobody@nowhere/none", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()
"""

SCHEMA = """\
from alembic import context
from sqlalchemy import create_engine, pool, text

engine = create_engine("postgresql+psycopg://nobody@nowhere/none", poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS shop"))
    connection.execute(text("SET search_path TO shop"))
    connection.commit()
    connection.dialect.default_schema_name = "shop"
    context.configure(connection=connection, version_table="versions_of_shop", version_table_schema="shop")
    with context.begin_transaction():
        context.run_migrations()
"""

RAW = """\
from alembic import context
import psycopg
from sqlalchemy import create_engine, pool

engine = create_engine(
    "postgresql+psycopg://", creator=lambda: psycopg.connect("{address}"), poolclass=pool.NullPool
)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""

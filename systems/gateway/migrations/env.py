"""Alembic's environment for the gateway: the database in DATABASE_URL, compared with gateway.models."""

from __future__ import annotations

import os
from logging.config import fileConfig

from alembic import context
from alembic.util import CommandError
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from gateway.database import DatabaseAddressError, database_url
from gateway.models import Base

if context.config.config_file_name is not None:
    # The loggers of a program that runs migrations itself stay as they are.
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)


def write_sql() -> None:
    """Write the SQL for PostgreSQL (`--sql`); it needs no database and no address."""
    context.configure(
        dialect_name="postgresql",
        target_metadata=Base.metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate() -> None:
    """Run the migrations on the database in DATABASE_URL."""
    try:
        url = database_url(os.environ)
    except DatabaseAddressError as error:
        raise CommandError(str(error)) from None
    with create_engine(url, poolclass=NullPool).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    write_sql()
else:
    migrate()

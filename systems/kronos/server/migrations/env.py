"""How Alembic reaches the database.

A caller that has a connection already (init_db.py, run_migrations.py) leaves it in `config.attributes["connection"]`
and keeps its own logging; plain `alembic` connects to DATABASE_URL. With `--sql` no address is needed.
"""

from __future__ import annotations

import os
from logging.config import fileConfig

from alembic import context
from sqlalchemy import Connection

from kronos.address import read_address
from kronos.database import connect, take_migration_lock
from kronos.errors import ConfigurationError
from kronos.models import Base


def write_sql() -> None:
    """Write the migrations as SQL to standard output, for a PostgreSQL that need not be there."""
    context.configure(dialect_name="postgresql", target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction: all of them are applied, or none."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_server_default=True,
        on_version_apply=context.config.attributes.get("on_version_apply"),
    )
    with context.begin_transaction():
        take_migration_lock(connection)
        context.run_migrations()


def migrate_address() -> None:
    """Migrate the database that DATABASE_URL names."""
    if context.config.config_file_name is not None:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    url = read_address(os.environ)
    if url is None:
        raise ConfigurationError("DATABASE_URL is not set, and alembic cannot do without it")
    with connect(url) as connection:
        migrate(connection)


if context.is_offline_mode():
    write_sql()
elif (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    migrate_address()

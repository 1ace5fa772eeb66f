"""The journal's table: its columns, and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, DateTime, Double, Integer, LargeBinary, MetaData, Table, Text, inspect, text

from limbeck.environment.settings import NO_JOURNAL
from limbeck.model.record import NamedTuple
from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine import Connection
    from sqlalchemy.types import TypeEngine

KNOWN = ("postgresql", "mysql", "mariadb", "sqlite")  # the kinds of database that the journal is written in
_SCHEMA = """
SELECT coalesce((SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.relname = :name AND c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)),
                current_schema())
"""


class JournalPlace(NamedTuple):
    """Where the journal of a version table is.

    Attributes:
        table: the journal, in the schema of the version table.
        version_table: name of the version table, which tells its rows from those of others in the same schema.
    """

    table: Table
    version_table: str


def journal_place(context: MigrationContext, connection: Connection, name: str) -> JournalPlace | None:
    """Where the journal of the context's version table is, or would be made.

    Args:
        connection: sees what is committed, or is that of the context.
        name: of the table, as the settings say it.

    Returns:
        None when there is to be none: it is off, or not written in this kind of database.
    """
    if name == NO_JOURNAL or connection.dialect.name not in KNOWN:
        return None
    table = journal_table(name, _schema(context, connection), connection.dialect.name)
    return JournalPlace(table, context.version_table)


def _schema(context: MigrationContext, connection: Connection) -> str | None:
    """The schema that the version table is in, or that it would be made in; None for the database's only one.

    It is asked for by name: two tenants whose search paths share a schema must not share a journal.
    """
    named = context.version_table_schema
    translated = connection.get_execution_options().get("schema_translate_map") or {}
    schema: str | None = translated.get(named, named)
    if schema is None and connection.dialect.name == "postgresql":
        return str(connection.execute(text(_SCHEMA), {"name": context.version_table}).scalar_one())
    return schema


class _Types(NamedTuple):
    words: TypeEngine[Any]
    moment: TypeEngine[Any]
    content: TypeEngine[Any]
    number: TypeEngine[Any]
    options: dict[str, Any]  # of the table


def _types(dialect: str) -> _Types:
    if dialect in MYSQL:
        from sqlalchemy.dialects import mysql  # nobody else should wait for its fifteen modules

        options = (("engine", "InnoDB"), ("charset", "utf8mb4"), ("collate", "utf8mb4_bin"))
        given = {f"{name}_{option}": value for name in MYSQL for option, value in options}
        return _Types(mysql.LONGTEXT(), mysql.DATETIME(fsp=6), mysql.LONGBLOB(), BigInteger(), given)
    number = Integer() if dialect == "sqlite" else BigInteger()
    return _Types(Text(), DateTime(timezone=True), LargeBinary(), number, {})


def journal_table(name: str, schema: str | None, dialect: str) -> Table:
    """The table of that name, with the columns of `limbeck.model.journal.Entry`.

    Args:
        dialect: SQLAlchemy's name of that of its database.
    """
    words, moment, content, number, options = _types(dialect)
    return Table(
        name,
        MetaData(),
        Column("id", number, primary_key=True, autoincrement=True),
        Column("event", Text(), nullable=False),
        Column("run", Text(), nullable=False),
        Column("at", moment, nullable=False),
        Column("version_table", Text(), nullable=False),
        Column("direction", Text()),
        Column("revision", Text()),
        Column("parents", Text()),
        Column("number", Integer()),
        Column("seconds", Double()),
        Column("who", Text()),
        Column("database_user", Text()),
        Column("host", Text()),
        Column("pid", BigInteger()),
        Column("limbeck", Text()),
        Column("alembic", Text()),
        Column("fingerprint", Text()),
        Column("source", content),
        Column("detail", words),
        Column("outcome", Text()),
        schema=schema,
        **options,
    )


def is_there(connection: Connection, table: Table) -> bool:
    """Whether the journal has been made."""
    return bool(inspect(connection).has_table(table.name, schema=table.schema))

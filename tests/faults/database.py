"""The databases of the experiments: a new, empty one for every trial, on each of the three systems."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from sqlalchemy import NullPool, create_engine

from limbeck.scratch import Server, start_server
from tests.servers.mariadb import address, mariadb_server

_numbers = count(1)


class Database(NamedTuple):
    """A database of a trial.

    Attributes:
        system: `PostgreSQL`, `MariaDB` or `SQLite`.
        url: SQLAlchemy's address.
    """

    system: str
    url: str

    def execute(self, *statements: str) -> None:
        """Run statements, each in a transaction of its own."""
        engine = create_engine(self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def versions(self) -> tuple[str, ...]:
        """What the version table says; nothing when there is none."""
        if "alembic_version" not in self.tables():
            return ()
        return tuple(sorted(row[0] for row in self.rows("SELECT version_num FROM alembic_version")))

    def tables(self) -> set[str]:
        """The names of its tables."""
        from sqlalchemy import inspect

        return set(inspect(create_engine(self.url, poolclass=NullPool)).get_table_names())


class System(Protocol):
    """A database system that runs."""

    @property
    def name(self) -> str:
        """As in the tables."""

    @property
    def driver(self) -> str:
        """The module of its driver."""

    def database(self) -> Any:
        """A context with a new, empty Database."""


class PostgreSQL:
    """Databases on a PostgreSQL server."""

    name = "PostgreSQL"
    driver = "psycopg"

    def __init__(self, server: Server) -> None:
        self.server = server

    @contextmanager
    def database(self) -> Iterator[Database]:
        name = _new_name()
        self.server.create_database(name)
        try:
            yield Database(self.name, self.server.url(name, driver="psycopg"))
        finally:
            self.server.drop_database(name)


class MariaDB:
    """Databases on a MariaDB server, by its socket."""

    name = "MariaDB"
    driver = "pymysql"

    def __init__(self, socket: Path) -> None:
        self.socket = socket

    @contextmanager
    def database(self) -> Iterator[Database]:
        name = _new_name()
        server = Database(self.name, address(self.socket, ""))
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield Database(self.name, address(self.socket, name))
        finally:
            server.execute(f"DROP DATABASE {name}")


class SQLite:
    """Databases in files."""

    name = "SQLite"
    driver = "sqlite3"

    @contextmanager
    def database(self) -> Iterator[Database]:
        with tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder:
            yield Database(self.name, f"sqlite:///{folder}/app.db")


@contextmanager
def systems(names: tuple[str, ...] = ("PostgreSQL", "MariaDB", "SQLite")) -> Iterator[tuple[System, ...]]:
    """Those systems, started; PostgreSQL with room for many connections."""
    with ExitStack() as stack:
        found: list[System] = []
        if "PostgreSQL" in names:
            found.append(PostgreSQL(stack.enter_context(start_server(settings={"max_connections": "300"}))))
        if "MariaDB" in names:
            found.append(MariaDB(stack.enter_context(mariadb_server())))
        if "SQLite" in names:
            found.append(SQLite())
        yield tuple(found)


def _new_name() -> str:
    return f"trial_{os.getpid()}_{next(_numbers)}"

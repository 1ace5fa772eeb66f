"""The kinds of database on which a step may be committed in parts, each with a chain of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from tests.run.postgresql_chain import BLOCK, chain

USERS = 'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()))'
ROWS = 'op.execute("INSERT INTO users (id, n) VALUES (1, 0), (2, 0)")'
ORDERS = 'op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True))'
NOTE = 'op.add_column("orders", sa.Column("note", sa.String(20)))'
FAIL = 'op.execute("SELECT * FROM nowhere")'


def plus(number: int) -> str:
    """A change that is another one when it is made twice."""
    return f'op.execute("UPDATE users SET n = n + {number}")'


def lines(*python: str) -> str:
    """The body of a function."""
    return "\n    ".join(python)


class System:
    """One kind of database: the address of an empty one, and how its steps come to be committed in parts."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.url = url

    def index(self, name: str, table: str, column: str) -> str:
        """An index, made in no transaction where the system can."""
        concurrently = ", postgresql_concurrently=True" if self.name == "postgresql" else ""
        create = f'op.create_index("{name}", "{table}", ["{column}"]{concurrently})'
        return create if self.name == "mariadb" else BLOCK + create

    def body(self, *last: str) -> str:
        """A step of several parts, and what comes after them."""
        own = {"postgresql": BLOCK + "op.execute(\"ALTER TYPE mood ADD VALUE 'sad'\")"}
        return lines(
            *(ROWS, ORDERS, plus(1), self.index("by_id", "orders", "id"), plus(10), NOTE),
            *(own.get(self.name, plus(0)), plus(100), self.index("by_note", "orders", "note"), plus(1000), *last),
        )

    def write(self, folder: Path, *ups: str) -> None:
        """A table of users, then these revisions: `r2`, …"""
        mood = ["op.execute(\"CREATE TYPE mood AS ENUM ('ok')\")"] if self.name == "postgresql" else []
        chain(folder, self.url, lines(*mood, USERS), *ups)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection that commits each statement."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    def execute(self, *statements: str) -> None:
        with self.connected() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.connected() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def picture(self) -> dict[str, Any]:
        """What the database is made of, and every row; limbeck's own excepted."""
        with self.connected() as connection:
            inspector = inspect(connection)
            tables = sorted(name for name in inspector.get_table_names() if not name.startswith("limbeck"))
            found: dict[str, Any] = {
                table: (
                    [
                        (column["name"], str(column["type"]), column["nullable"])
                        for column in inspector.get_columns(table)
                    ],
                    sorted((index["name"] or "", index["column_names"]) for index in inspector.get_indexes(table)),
                    sorted(tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))),
                )
                for table in tables
            }
            if self.name == "postgresql":
                found["mood"] = connection.execute(text("SELECT enum_range(NULL::mood)")).scalar()
                found["invalid"] = connection.execute(
                    text("SELECT count(*) FROM pg_index WHERE NOT indisvalid")
                ).scalar()
        return found

    def empty(self) -> None:
        """Take everything out of the database."""
        if self.name == "sqlite":
            Path(self.url.removeprefix("sqlite:///")).unlink()
        elif self.name == "postgresql":
            self.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        else:
            with self.connected() as connection:
                connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 0")
                for table in inspect(connection).get_table_names():
                    connection.exec_driver_sql(f"DROP TABLE {table}")


SYSTEMS = ["postgresql", pytest.param("mariadb", marks=pytest.mark.mariadb), "sqlite"]


def system_named(name: str, folder: Path, request: pytest.FixtureRequest) -> System:
    """An empty database of that kind."""
    if name == "sqlite":
        return System(name, f"sqlite:///{folder}/app.db")
    return System(name, request.getfixturevalue("database_url" if name == "postgresql" else "mariadb_url"))

"""Rows for tables of SQLite and of MariaDB: allowed by what the tables demand, at the edges, the same on every day."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest
from sqlalchemy import make_url

from limbeck.database.catalogue import Catalogue, Identity, Kind, Query, snapshot
from limbeck.database.rows import STYLES, Style, compare, rows_of, translated_code
from limbeck.database.rows.seed import seed

# Types and conditions that both have; {key} is what numbers itself.
TABLES = """
CREATE TABLE users ({key}, email VARCHAR(40) NOT NULL UNIQUE, name TEXT, born DATE, seen DATETIME,
    ok BOOLEAN NOT NULL CHECK (ok IN (0, 1)), amount NUMERIC(10, 2), raw BLOB, token CHAR(32) NOT NULL, n SMALLINT);
CREATE TABLE orders ({key}, user_id INTEGER NOT NULL, status VARCHAR(8) NOT NULL CHECK (status IN ('new', 'done')),
    a INTEGER, b INTEGER, parent INTEGER, CHECK (a < b), CHECK (LENGTH(status) > 2 OR b > 10),
    FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE, FOREIGN KEY (parent) REFERENCES orders (id));
CREATE TABLE tags (order_id INTEGER, user_id INTEGER, PRIMARY KEY (order_id, user_id),
    FOREIGN KEY (order_id) REFERENCES orders (id), FOREIGN KEY (user_id) REFERENCES users (id));
CREATE TABLE lone ({key});
CREATE TABLE keyless (x VARCHAR(3) UNIQUE, y INTEGER);
CREATE TABLE impossible (a INTEGER NOT NULL CHECK (a > 5 AND a < 3))
"""
OF_SQLITE = """
CREATE TABLE ring_a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES ring_b);
CREATE TABLE ring_b (id INTEGER PRIMARY KEY, a INTEGER NOT NULL REFERENCES ring_a);
CREATE TABLE untyped (id, data JSON CHECK (json_valid(data)), "order" REAL, twice INTEGER AS ("order" * 2));
CREATE VIRTUAL TABLE words USING fts5(body);
CREATE TABLE points (x INTEGER REFERENCES nowhere)
"""
OF_MARIADB = """
CREATE TABLE ring_a (id INTEGER PRIMARY KEY, b INTEGER);
CREATE TABLE ring_b (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, FOREIGN KEY (a) REFERENCES ring_a (id));
ALTER TABLE ring_a ADD FOREIGN KEY (b) REFERENCES ring_b (id);
CREATE TABLE kinds (id INTEGER PRIMARY KEY, k ENUM('a', 'it''s') NOT NULL, s SET('x', 'y'), data JSON,
    at TIMESTAMP NULL, y YEAR, t TIME, bits BIT(3), v VARBINARY(4), f FLOAT, d DOUBLE, u INT UNSIGNED, big BIGINT,
    latin VARCHAR(10) CHARACTER SET latin1, three VARCHAR(10) CHARACTER SET utf8mb3,
    four VARCHAR(10) CHARACTER SET utf8mb4, twice INT AS (id * 2), `a b` TEXT)
"""


class Database:
    """One that was filled."""

    def __init__(self, query: Query, dialect: str) -> None:
        self.query = query
        self.catalogue: Catalogue = snapshot(query, dialect=dialect)
        self.seeded = seed(query, query, self.catalogue)
        self.rows = rows_of(query, self.catalogue.tables, dialect)

    def values(self, table: str) -> list[dict[str, str | None]]:
        """The rows of a table."""
        found = self.rows[Identity(Kind.TABLE, "", table)]
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def on_sqlite(_address: str) -> Iterator[Database]:
    """A database in memory, which minds foreign keys."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript(TABLES.format(key="id INTEGER PRIMARY KEY") + ";" + OF_SQLITE)
    connection.execute("BEGIN")
    yield Database(lambda sql: connection.execute(sql).fetchall(), "sqlite")
    connection.close()


def on_mariadb(address: str) -> Iterator[Database]:
    """A new database of the tests' server."""
    url = make_url(address)
    connection = pymysql.connect(
        unix_socket=str(url.query["unix_socket"]), user="root", database=url.database, autocommit=False
    )

    def query(sql: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    for statement in f"{TABLES.format(key='id INTEGER PRIMARY KEY AUTO_INCREMENT')};{OF_MARIADB}".split(";"):
        query(statement)
    yield Database(query, "mariadb")
    connection.close()


@pytest.fixture(params=[on_sqlite, pytest.param(on_mariadb, marks=pytest.mark.mariadb)], ids=["sqlite", "mariadb"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    make: Callable[[str], Iterator[Database]] = request.param
    yield from make(request.getfixturevalue("mariadb_url") if make is on_mariadb else "")


def test_every_table_that_can_be_filled_is(database: Database) -> None:
    seeded = database.seeded
    if database.catalogue.dialect == "sqlite":
        expected = {"impossible": "(a > 5 AND a < 3)", "points": "no such table: main.nowhere"}
    else:
        expected = {"impossible": "(`a` > 5 and `a` < 3)"}
    expected["impossible"] = f"no values were found for which this holds: {expected['impossible']}"
    assert {unfilled.table.name: unfilled.reason for unfilled in seeded.unfilled} == expected
    assert seeded.remarks == ()
    styles = {filled.table.name: set(filled.styles) for filled in seeded.filled}
    assert {name: set(STYLES) - found for name, found in styles.items() if found != set(STYLES)} == {}
    assert {"users", "orders", "tags", "lone", "keyless", "ring_a", "ring_b"} <= styles.keys()
    assert not {"words", "words_data"} & styles.keys(), "a module's tables are its own affair"


def test_edges(database: Database) -> None:
    ordinary, bare, greatest, least, _ = sorted(database.values("users"), key=lambda row: int(row["id"] or 0))
    assert (ordinary["email"], ordinary["born"], ordinary["ok"]) == ("user0@example.org", "2024-01-01", "0")
    assert {bare[column] for column in ("name", "born", "seen", "amount", "raw", "n")} == {None}
    assert len(greatest["email"] or "") == 40
    assert len(greatest["name"] or "") == 600 and not (greatest["name"] or "").isascii()
    assert (greatest["amount"], greatest["n"], greatest["born"]) == ("99999999.99", "32767", "9999-12-31")
    assert (least["email"], least["name"], least["raw"], least["n"]) == ("", "", "x''", "-32768")
    assert all(len(row["token"] or "") == 32 for row in database.values("users")), "as SQLAlchemy writes UUIDs"


def test_what_conditions_and_references_want(database: Database) -> None:
    orders = database.values("orders")
    users = {row["id"] for row in database.values("users")}
    assert {row["status"] for row in orders} <= {"new", "done"}
    assert {row["user_id"] for row in orders} <= users
    assert any(row["parent"] is not None for row in orders) and any(row["parent"] is None for row in orders)
    assert all(row["a"] is None or int(row["a"]) < int(row["b"] or 0) for row in orders)
    assert any(row["b"] is not None for row in database.values("ring_a")), "the ring is closed"


def test_the_same_on_every_day(database: Database) -> None:
    database.query("UPDATE orders SET parent = NULL")
    for table in ("tags", "orders", "users"):
        database.query(f"DELETE FROM {table}")
    again = seed(database.query, database.query, database.catalogue, tables=[Identity(Kind.TABLE, "", "users")])
    users = rows_of(database.query, [Identity(Kind.TABLE, "", "users")], database.catalogue.dialect)
    (found,) = users.values()
    before = sorted(tuple(row.values())[1:] for row in database.values("users"))  # without the number
    assert (again.unfilled, sorted(row[1:] for row in found.rows)) == ((), before)


def test_what_became_of_rows(database: Database) -> None:
    table = Identity(Kind.TABLE, "", "orders")
    before = database.rows[table]
    database.query("UPDATE orders SET status = 'done'")
    database.query("DELETE FROM tags")
    database.query("DELETE FROM orders WHERE parent IS NOT NULL")
    after = rows_of(database.query, [table], database.catalogue.dialect)[table]
    told = compare(before, after)
    assert (before.key, told.by_key, bool(told.lost)) == (("id",), True, True)
    assert [(change.column, change.became) for change in told.changed] == [("status", ("done",))]


@pytest.mark.mariadb
def test_letters_that_a_character_set_has(mariadb_url: str) -> None:
    for database in on_mariadb(mariadb_url):
        texts = {column: "".join(row[column] or "" for row in database.values("kinds")) for column in ("latin", "four")}
        assert not texts["latin"].isascii() and texts["latin"].encode("latin-1")
        (labels,) = {frozenset(row["k"] for row in database.values("kinds"))}
        assert labels == {"a", "it's"}


def test_ordinary_rows_alone() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT, done BOOLEAN)")
    query: Query = lambda sql: connection.execute(sql).fetchall()  # noqa: E731 - short
    catalogue = snapshot(query, dialect="sqlite")
    connection.execute("BEGIN")
    seed(query, query, catalogue, 2, styles=(Style.ORDINARY,))
    assert query("SELECT * FROM t") == [(1, "user0@example.org", 0), (2, "user1@example.org", 1)]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("INSERT INTO t VALUES (1, 'b')", "23505"),
        ("INSERT INTO t VALUES (2, NULL)", "23502"),
        ("INSERT INTO t VALUES (2, '')", "23514"),
        ("INSERT INTO nothing VALUES (2)", "HY000"),
    ],
)
def test_refusals_of_sqlite_have_codes(sql: str, code: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL CHECK (a <> ''))")
    connection.execute("INSERT INTO t VALUES (1, 'a')")
    with pytest.raises(sqlite3.Error) as raised:
        connection.execute(sql)
    assert translated_code(raised.value) == code


def test_other_errors_have_none() -> None:
    assert translated_code(KeyError(1062)) is None


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error) as raised:
        sqlite3.connect(tmp_path)
    assert translated_code(raised.value) == "42000"

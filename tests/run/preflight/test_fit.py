"""A value is said not to fit into a type exactly when the database refuses to change the column."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError

from limbeck.run.preflight.fit import Server, Unsure, misfit
from limbeck.scratch import Server as Scratch
from tests.run.preflight.databases import Database

# Old type, new type, values as SQL.
POSTGRESQL = [
    ("varchar(50)", "varchar(4)", ["'abcd'", "'abcde'", "'abcd    '", "'äöüß'", "''", "NULL"]),
    ("text", "char(3)", ["'abc'", "'abcd'", "'abc  '"]),
    ("char(6)", "varchar(4)", ["'abcd'", "'abcde'"]),
    ("integer", "varchar(3)", ["123", "-12", "-123", "1234"]),
    ("integer", "smallint", ["32767", "32768", "-32768", "-32769", "NULL"]),
    ("bigint", "integer", ["2147483647", "2147483648", "-2147483649"]),
    ("numeric(12, 2)", "integer", ["2147483647.49", "2147483647.5", "-2147483648.49", "1.5"]),
    ("double precision", "smallint", ["32767.4", "32768.1", "'NaN'", "-5"]),
    ("numeric(10, 2)", "numeric(5, 2)", ["999.99", "1000", "-1000", "'NaN'"]),
    ("numeric(6, 3)", "numeric(4, 1)", ["999.949", "999.95", "-999.95"]),
    ("numeric", "numeric(4, 2)", ["99.99", "99.994", "99.995", "100"]),
    ("integer", "numeric(3, 1)", ["99", "100", "-99", "-100"]),
    ("double precision", "numeric(3, 1)", ["99.94", "99.96", "'NaN'", "1e10"]),
    ("text", "integer", ["'12'", "' +12 '", "'1.5'", "''", "'x'", "'2147483648'", "'-2147483648'"]),
    ("text", "smallint", ["'32767'", "'32768'"]),
]
FROM_16 = [
    ("text", "uuid", ["'00000000-0000-0000-0000-000000000000'", "'x'"]),
    ("text", "date", ["'2026-02-28'", "'2026-02-30'", "''"]),
    ("text", "numeric(4, 2)", ["'99.99'", "'100'", "'x'"]),
    ("varchar(9)", "boolean", ["'yes'", "'maybe'"]),
    ("text", "jsonb", ["'{}'", "'{'"]),
]
# Spaces at the end are not told of: MariaDB refuses them, MySQL cuts them.
MYSQL = [
    ("varchar(50)", "varchar(4)", ["'abcd'", "'abcde'", "'äöüß'", "''", "NULL"]),
    ("text", "varchar(4)", ["'abcd'", "'abcde'"]),
    ("int", "varchar(3)", ["123", "-123", "1234"]),
    ("int", "smallint", ["32767", "32768", "-32769", "NULL"]),
    ("int", "tinyint unsigned", ["255", "256", "-1"]),
    ("bigint unsigned", "bigint", ["9223372036854775807", "9223372036854775808"]),
    ("decimal(12, 2)", "smallint", ["32767.49", "32767.5", "-32768.5"]),
    ("double", "smallint", ["32767.4", "32768.1"]),
    ("decimal(10, 2)", "decimal(5, 2)", ["999.99", "1000", "-1000"]),
    ("int", "decimal(3, 1)", ["99", "100", "-100"]),
    ("varchar(9)", "enum('a','b')", ["'a'", "'B'", "'c'", "NULL"]),
    ("enum('a','b','c')", "enum('b','a')", ["'a'", "'c'"]),
    ("enum('a','bcd')", "varchar(2)", ["'a'", "'bcd'"]),
    ("varchar(9)", "int", ["'12'", "' +12'", "'12x'", "''", "'x'"]),
]


def disagreements(connection: Connection, server: Server, old: str, new: str, values: list[str]) -> list[str]:
    """Values of which the database and limbeck think differently."""
    found = []
    for value in values:
        connection.exec_driver_sql(f"CREATE TABLE fit (v {old})")
        connection.exec_driver_sql(f"INSERT INTO fit VALUES ({value})")
        connection.commit()
        condition = misfit("v", old, new, None, server)
        assert not isinstance(condition, Unsure)
        told = (
            condition is not None
            and connection.exec_driver_sql(f"SELECT count(*) FROM fit WHERE {condition}").scalar() == 1
        )
        change = (
            f"ALTER v TYPE {new} USING v::{new}"
            if old in ("text", "varchar(9)") and "char" not in new
            else f"ALTER v TYPE {new}"
        )
        try:
            connection.exec_driver_sql(
                f"ALTER TABLE fit {change if server.dialect == 'postgresql' else f'MODIFY v {new}'}"
            )
            refused = False
        except DBAPIError:
            refused = True
        connection.rollback()
        connection.exec_driver_sql("DROP TABLE fit")
        connection.commit()
        if told != refused:
            found.append(f"{value}: told {told}, refused {refused}, by {condition}")
    return found


@pytest.mark.parametrize(("old", "new", "values"), POSTGRESQL + FROM_16)
def test_postgresql(postgresql: Database, old: str, new: str, values: list[str]) -> None:
    engine = create_engine(postgresql.url)
    with engine.connect() as connection:
        major = connection.dialect.server_version_info[0]  # type: ignore[index]
        assert disagreements(connection, Server("postgresql", major), old, new, values) == []
    engine.dispose()


@pytest.mark.majors
def test_every_major(major_server: Scratch) -> None:
    major_server.create_database("fit")
    engine = create_engine(major_server.url("fit", driver="psycopg"))
    with engine.connect() as connection:
        major = connection.dialect.server_version_info[0]  # type: ignore[index]
        cases = POSTGRESQL + (FROM_16 if major >= 16 else [])
        for old, new, values in cases:
            assert disagreements(connection, Server("postgresql", major), old, new, values) == [], (old, new)
    engine.dispose()
    if major < 16:
        assert isinstance(misfit("v", "text", "uuid", None, Server("postgresql", major)), Unsure)


@pytest.mark.mariadb
@pytest.mark.parametrize(("old", "new", "values"), MYSQL)
def test_mariadb(mariadb: Database, old: str, new: str, values: list[str]) -> None:
    engine = create_engine(mariadb.url)
    with engine.connect() as connection:
        assert disagreements(connection, Server("mysql"), old, new, values) == []
    engine.dispose()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("varchar(5)", "varchar(5)"),
        ("varchar(5)", "text"),
        ("smallint", "bigint"),
        ("integer", "numeric(12, 1)"),
        ("numeric(5, 2)", "numeric(7, 2)"),
        ("numeric(3, 0)", "smallint"),
        ("integer", "varchar(11)"),
        ("boolean", "text"),
        ("timestamp", "date"),
    ],
)
def test_nothing_is_asked_where_everything_fits(old: str, new: str) -> None:
    assert misfit("v", old, new, None, Server("postgresql", 18)) is None

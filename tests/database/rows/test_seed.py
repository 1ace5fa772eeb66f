"""Rows for every table: allowed by what the table demands, at the edges, the same on every day."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from limbeck.database.catalogue import Identity, Kind
from limbeck.database.rows import STYLES, Style, rows_of
from limbeck.database.rows.seed import seed
from limbeck.scratch import Server
from tests.database.postgresql import query_of, seeded, taken
from tests.database.rows.demanding import SCHEMA, UNFILLED

MakeDatabase = Callable[[], str]


def connected(url: str) -> Connection[Any]:
    return psycopg.connect(url.replace("+psycopg", ""))


def values(connection: Connection[Any], table: str) -> list[dict[str, str | None]]:
    """The rows of a table of the schema `public`, as texts."""
    identity = Identity(Kind.TABLE, "public", table)
    found = rows_of(query_of(connection), [identity])[identity]
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def check_demanding(connection: Connection[Any]) -> None:
    """Every table that can be filled is, every partition too, and nothing is kept silent."""
    connection.execute(SCHEMA)
    result = seeded(connection)
    assert {unfilled.table.name: unfilled.reason for unfilled in result.unfilled} == UNFILLED
    assert result.remarks == ()
    styles = {filled.table.name: set(filled.styles) for filled in result.filled}
    tables = {identity.name for identity in taken(connection).tables}
    assert tables - styles.keys() == {
        *("impossible", "refused", "silent", "hard_a", "hard_b"),
        *(name for name in tables if name.startswith(("parts_", "hashed_", "leafy_"))),
    }
    lacking = {name: set(STYLES) - found for name, found in styles.items() if found != set(STYLES)}
    assert lacking == {
        "by_trigger": {Style.GREATEST, Style.LEAST},  # no texts of the form that the trigger wants
        "flags": {Style.GREATEST, Style.LEAST},
        "singleton": {Style.BARE, Style.GREATEST, Style.LEAST},
        "booking": {Style.GREATEST},  # one without end overlaps with all others
    }
    for partition in ("parts_1", "parts_2_eu", "parts_2_us", "leafy_1", "hashed_0", "hashed_1", "hashed_2"):
        assert values(connection, partition), partition
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_demanding_schema(connection: Connection[Any]) -> None:
    check_demanding(connection)


@pytest.mark.majors
def test_a_demanding_schema_on_every_major(major_server: Server) -> None:
    with psycopg.connect(major_server.url()) as connection:
        check_demanding(connection)


def test_what_the_conditions_want(connection: Connection[Any]) -> None:
    connection.execute(SCHEMA)
    seeded(connection)
    first = next(row for row in values(connection, "checks") if row["a"] and row["a"].startswith("A"))
    assert (first["a"], first["b"], first["c"], first["h"], first["j"]) == ("AA-0000", "ab", "10", "[]", "xxxxxxx")
    assert all((row["f"] is None) != (row["g"] is None) for row in values(connection, "checks"))
    assert {row["status"] for row in values(connection, "keys")} == {"active"}
    assert all(row["am"] is None or "@" in row["am"] for row in values(connection, "types"))
    assert {row["al"] for row in values(connection, "types")} == {None, "empty", "(,)", "[11.5,12.5)", "[9.5,10.5)"}
    assert [row["parent_id"] is None for row in values(connection, "tree")].count(False) >= 2
    assert any(row["b_id"] is not None for row in values(connection, "ring_a")), "the ring is closed"


def test_edges(connection: Connection[Any]) -> None:
    connection.execute(
        "CREATE TABLE t (id serial PRIMARY KEY, a varchar(40), b text, c smallint, d numeric(4,1), e text[])"
    )
    seeded(connection, 4)
    ordinary, bare, greatest, least = sorted(values(connection, "t"), key=lambda row: int(row["id"] or 0))
    assert ordinary == {"id": "1", "a": "a 0", "b": "b 0", "c": "1", "d": "1.5", "e": ordinary["e"]}
    assert (ordinary["e"] or "").startswith('{"e 0",')
    assert set(bare.values()) == {"2", None}
    assert len(greatest["a"] or "") == 40 and not (greatest["a"] or "").isascii()
    assert (greatest["c"], greatest["d"]) == ("32767", "999.9")
    assert "NULL" in (greatest["e"] or "")
    assert (least["a"], least["b"], least["c"], least["d"], least["e"]) == ("", "", "-32768", "-999.9", "{}")


def test_ordinary_rows_alone(connection: Connection[Any]) -> None:
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY, email text, done boolean, at timestamptz)")
    result = seeded(connection, 3, styles=(Style.ORDINARY,))
    assert result.filled[0].styles == (Style.ORDINARY,) * 3
    assert [(row["id"], row["email"], row["done"]) for row in values(connection, "t")] == [
        ("1", "user0@example.org", "true"),
        ("2", "user1@example.org", "false"),
        ("3", "user2@example.org", "true"),
    ]


def test_the_same_on_every_day_and_by_its_statements(make_database: MakeDatabase) -> None:
    found = []
    statements: tuple[str, ...] = ()
    for again in (False, False, True):
        with connected(make_database()) as connection:
            connection.execute(SCHEMA)
            if again:
                for statement in statements:
                    connection.execute(statement)
            else:
                statements = seeded(connection).statements
            tables = taken(connection).tables
            rows = rows_of(query_of(connection), tables)
            numbered = "id"  # numbers of sequences depend on what was refused before
            found.append(
                {
                    table.name: sorted(
                        tuple(
                            str(v)
                            for c, v in zip(r.columns, row, strict=True)
                            if c != numbered and not c.endswith("_id")
                        )
                        for row in r.rows
                    )
                    for table, r in rows.items()
                }
            )
    assert found[0] == found[1] == found[2]


def test_more_rows_for_a_table_that_has_some(connection: Connection[Any]) -> None:
    connection.execute(SCHEMA)
    first = seeded(connection)
    second = seeded(connection, tables=[filled.table for filled in first.filled])
    assert {unfilled.table.name for unfilled in second.unfilled} == {"flags", "singleton"}
    assert len(values(connection, "users")) == 10


def test_a_table_that_must_point_to_an_empty_one_says_so(connection: Connection[Any]) -> None:
    connection.execute("CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (a_id integer NOT NULL REFERENCES a)")
    b = Identity(Kind.TABLE, "public", "b")
    (unfilled,) = seeded(connection, tables=[b]).unfilled
    assert (unfilled.table, unfilled.missing, unfilled.reason) == (b, 5, "it must point to public.a, which has no rows")


def test_texts_that_the_caller_wants(connection: Connection[Any]) -> None:
    connection.execute("CREATE TABLE t (id serial, data text, other text)")
    seeded(connection, 2, given={Identity(Kind.COLUMN, "public", "data", "t"): ("{}",)}, styles=(Style.ORDINARY,))
    assert [row["data"] for row in values(connection, "t")] == ["{}", "{}"]
    assert [row["other"] for row in values(connection, "t")] == ["other 0", "other 1"]


def test_a_broken_connection_is_no_refusal(connection: Connection[Any]) -> None:
    connection.execute("CREATE TABLE t (id integer)")
    catalogue = taken(connection)

    def execute(sql: str) -> None:
        if sql.startswith("INSERT"):
            raise OSError("gone")
        connection.execute(sql)

    with pytest.raises(OSError, match="gone"):
        seed(query_of(connection), execute, catalogue)


@pytest.mark.parametrize(("system", "tables"), [("gateway", 7), ("kronos/server", 1)])
def test_real_schemas_are_filled_whole(system: str, tables: int, database_url: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=Path(__file__).parents[3] / "systems" / system,
        env={**os.environ, "DATABASE_URL": database_url},
        check=True,
        capture_output=True,
    )
    with connected(database_url) as connection:
        catalogue = taken(connection, "alembic_version")
        result = seed(query_of(connection), connection.execute, catalogue)
        assert (result.unfilled, result.remarks) == ((), ())
        assert len(result.filled) == tables
        assert all(len(filled.styles) == 5 for filled in result.filled)

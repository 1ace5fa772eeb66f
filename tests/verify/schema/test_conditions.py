"""A database that was restored from a dump is the one that was dumped, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from limbeck.database.catalogue import Catalogue
from limbeck.scratch import Server
from limbeck.verify.schema.comparison import compare
from limbeck.verify.schema.conditions import read_back
from limbeck.verify.schema.spelling import schema_digest
from tests.database.postgresql import taken

# Conditions of the columns of the table below.
CONDITIONS = (
    "kind IN ('a', 'b''c', '(')",
    r"kind IN ('a\b', 'c')",
    "kind = ANY ('{a,b}')",
    "kind IN ('a', NULL)",
    "number IN (1, great, 3)",
    "flag AND (kind LIKE 'x%' OR kind SIMILAR TO '(a|b)') AND (number, great) > (1, 2)",
    "number BETWEEN SYMMETRIC 1 AND 2 AND great NOT BETWEEN 1 AND 2 AND flag IS NOT TRUE",
    "kind NOT IN ('a', 'b')",
    "kind IN ('a')",
    "upper(kind) IN ('A', 'B')",
    "number IN (1, 2)",
    "great IN (1, -2)",
    "price IN (1.5, 2)",
    "mood IN ('up', 'down')",
    "day IN ('2020-01-01', '2020-01-02')",
    "kind BETWEEN 'a' AND 'b' AND kind LIKE 'x%' OR kind IS NULL",
    "number > 0 AND great BETWEEN 1 AND 2 AND NOT (number = 5 OR number = 7)",
    "(number = 1 OR number = 2) OR (number = 3 AND (great = 1 AND price = 2))",
    "CASE WHEN kind = 'a' THEN true ELSE kind IN ('b', 'c') AND number BETWEEN 1 AND 2 AND flag END",
    "(flag AND number > 1) AND great > 1",
    'num_nonnulls(kind, number) = 1 AND "odd AND (name" <> 1',
)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A transaction in an empty database; it is rolled back."""
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def table(connection: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    connection.execute(
        "CREATE TYPE mood AS ENUM ('up', 'down'); "
        "CREATE TABLE t (kind varchar(20), number integer, great bigint, price numeric(8, 2), mood mood, day date, "
        'flag boolean, "odd AND (name" integer)'
    )
    for place, condition in enumerate(CONDITIONS):
        connection.execute(f"ALTER TABLE t ADD CONSTRAINT c{place} CHECK ({condition})".encode())
        connection.execute(f"CREATE INDEX i{place} ON t (number) WHERE {condition}".encode())
    connection.execute(
        f"CREATE VIEW v AS SELECT kind FROM t WHERE {' AND '.join(f'({c})' for c in CONDITIONS)}".encode()
    )
    yield connection


def test_what_the_server_has_read_back_is_the_same(table: psycopg.Connection[Any]) -> None:
    before = taken(table)
    for name, definition in _told(
        table,
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'c'",
    ):
        if name.startswith("c"):
            table.execute(
                f"ALTER TABLE t DROP CONSTRAINT {name}; ALTER TABLE t ADD CONSTRAINT {name} {definition}".encode()
            )
    for name, definition in _told(
        table, "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 't'::regclass"
    ):
        table.execute(f"DROP INDEX {name}; {definition}".encode())
    ((view,),) = table.execute("SELECT pg_get_viewdef('v'::regclass)").fetchall()
    table.execute(f"CREATE OR REPLACE VIEW v AS {view}".encode())
    after = taken(table)
    assert before.objects != after.objects
    assert compare(before, after).changes == ()
    assert schema_digest(before) == schema_digest(after)


def _told(connection: psycopg.Connection[Any], query: str) -> list[tuple[str, str]]:
    return [(str(name), definition) for name, definition in connection.execute(query.encode()).fetchall()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("number = 1 AND (great = 1 OR flag)", "(number = 1 AND great = 1) OR flag"),
        ("kind IN ('a', 'b')", "kind IN ('a', 'c')"),
        ("number IN (1, 2)", "great IN (1, 2)"),
        ("NOT (number = 1 AND great = 1) AND flag", "NOT (number = 1) AND great = 1 AND flag"),
        ("kind = '((a) AND (b)) AND (c)'", "kind = '(a) AND (b) AND (c)'"),
        ("(number = 1 AND great = 1) IS TRUE AND flag", "number = 1 AND (great = 1) IS TRUE AND flag"),
    ],
)
def test_what_means_something_else_stays_different(one: str, other: str, connection: psycopg.Connection[Any]) -> None:
    def with_condition(condition: str) -> Catalogue:
        with connection.transaction(force_rollback=True):
            connection.execute(
                "CREATE TABLE t (kind varchar(40), number integer, great bigint, flag boolean, "
                f"CONSTRAINT c CHECK ({condition}))".encode()
            )
            return taken(connection)

    changes = compare(with_condition(one), with_condition(other)).changes
    assert [change.identity.name for change in changes] == ["c"]


def test_what_is_no_pair_of_parentheses_stays_as_it_is() -> None:
    for text in ("CHECK (((a) AND (b)) AND (c)", "((a)) AND (b)) AND (c", "'open AND ((", "plain"):
        assert read_back(text) == text


@pytest.mark.majors
def test_on_every_major(major_server: Server) -> None:
    with psycopg.connect(major_server.url()) as connection:
        connection.execute(
            "CREATE TABLE t (kind varchar(9), n integer, CONSTRAINT c CHECK (kind IN ('a', 'b')), "
            "CONSTRAINT d CHECK (n BETWEEN 1 AND 2 AND kind <> 'c'))"
        )
        before = taken(connection)
        for name, definition in _told(
            connection,
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'c'",
        ):
            if name in ("c", "d"):
                connection.execute(
                    f"ALTER TABLE t DROP CONSTRAINT {name}; ALTER TABLE t ADD CONSTRAINT {name} {definition}".encode()
                )
        assert compare(before, taken(connection)).changes == ()

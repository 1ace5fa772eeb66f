"""The sizes of tables as their database tells them, on every major version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from limbeck.database.table_sizes import Query, table_sizes
from limbeck.model.sizes import Size, readable_bytes
from limbeck.scratch import Server

_TABLES = """
CREATE SCHEMA "other.one";
CREATE TABLE empty (a int);
CREATE TABLE full_one WITH (autovacuum_enabled = off) AS SELECT generate_series(1, 20000) AS a;
CREATE TABLE "full" AS SELECT generate_series(1, 20000) AS a;
CREATE INDEX ON "full" (a);
CREATE TABLE parts (a int) PARTITION BY RANGE (a);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (10000);
CREATE TABLE part_2 PARTITION OF parts FOR VALUES FROM (10000) TO (20000);
CREATE TABLE childless (a int) PARTITION BY RANGE (a);
INSERT INTO parts SELECT generate_series(0, 19999);
CREATE SCHEMA shop;
CREATE TABLE shop."it's" AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW seen AS SELECT * FROM "full";
CREATE VIEW looked AS SELECT * FROM "full";
ANALYZE "full"; ANALYZE part_1; ANALYZE part_2; ANALYZE shop."it's"; ANALYZE seen;
"""
_NAMES = (
    "empty",
    "full_one",
    "full",
    "parts",
    "childless",
    "shop.it's",
    "it's",
    "seen",
    "looked",
    "nowhere",
    "full_a_idx",
)


@contextmanager
def asked(address: str) -> Iterator[Query]:
    with psycopg.connect(address, autocommit=True) as connection:

        def rows(query: str) -> Sequence[Sequence[Any]]:
            return connection.execute(query.encode()).fetchall()

        connection.execute(_TABLES)
        yield rows


def check(sizes: dict[str, Size]) -> None:
    assert set(sizes) == {"empty", "full_one", "full", "parts", "childless", "shop.it's", "seen"}
    assert {name: size.rows for name, size in sizes.items()} == {
        "empty": 0,
        "full_one": None,  # nobody has analyzed it
        "full": 20000,
        "parts": 20000,
        "childless": 0,
        "shop.it's": 1,
        "seen": 20000,
    }
    assert sizes["full"].total_bytes > sizes["full"].bytes == sizes["full_one"].bytes > 700_000
    assert sizes["parts"].bytes > 700_000
    assert [name for name, size in sizes.items() if not size.is_tiny] == ["full"]


def test_sizes(database_url: str) -> None:
    with asked(database_url.replace("+psycopg", "")) as query:
        check(dict(sorted(table_sizes(query, _NAMES).items())))


@pytest.mark.majors
def test_sizes_on_every_major(major_server: Server) -> None:
    major_server.create_database("sizes")
    with asked(major_server.url("sizes")) as query:
        sizes = dict(table_sizes(query, _NAMES))
    check(dict(sorted(sizes.items())))


def test_what_was_added_since_is_estimated(database_url: str) -> None:
    with asked(database_url.replace("+psycopg", "")) as query:
        with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as another:
            another.execute('INSERT INTO "full" SELECT generate_series(1, 60000)')
        rows = table_sizes(query, ["full"])["full"].rows
    assert rows is not None
    assert 77_000 < rows < 83_000


def test_no_names_ask_nothing() -> None:
    def nobody(query: str) -> Sequence[Sequence[Any]]:
        raise AssertionError(query)

    assert table_sizes(nobody, ()) == {}


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (8192, "8192 bytes"),
        (16384, "16 kB"),
        (1 << 20, "1024 kB"),
        (210 << 20, "210 MB"),
        (3 << 50, "3072 TB"),
    ],
)
def test_readable_bytes(count: int, words: str) -> None:
    assert readable_bytes(count) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (Size(0, 0, 8192), "empty"),
        (Size(None, 8192, 16384), "16 kB"),
        (Size(1, 8192, 16384), "about 1 row, 16 kB"),
        (Size(1204331, 1, 210 << 20), "about 1,204,331 rows, 210 MB"),
    ],
)
def test_words(size: Size, words: str) -> None:
    assert str(size) == words

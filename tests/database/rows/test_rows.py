"""Rows read and compared; many rows made of one; texts for patterns."""

from __future__ import annotations

import re
from typing import Any

import pytest
from psycopg import Connection

from limbeck.database.catalogue import Identity, Kind
from limbeck.database.rows import RowsChange, TableRows, compare, rows_of
from limbeck.database.rows.constants import constants
from limbeck.database.rows.patterns import accepted
from limbeck.database.rows.postgresql_function import ROWS_FUNCTION, rows_by_function
from tests.database.postgresql import query_of

T = Identity(Kind.TABLE, "public", "t")


def rows(connection: Connection[Any]) -> TableRows:
    return rows_of(query_of(connection), [T])[T]


HARD_TO_READ = r"""
CREATE SCHEMA limbeck_watch;
CREATE SCHEMA "s ü";
CREATE TYPE e AS ENUM ('a', 'b''c');
CREATE TABLE t (id int PRIMARY KEY, "a b" e, c float8, d timestamptz, f text[], g bytea);
INSERT INTO t VALUES (2, 'b''c', 0.1, now(), '{x,NULL}', '\x00ff'), (1, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE p (id int, q text, PRIMARY KEY (q, id)) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p DEFAULT;
INSERT INTO p VALUES (1, E'\t''');
CREATE TABLE "s ü"."x%s" ();
INSERT INTO "s ü"."x%s" DEFAULT VALUES;
CREATE TABLE h (n int) INHERITS (t);
INSERT INTO h (id) VALUES (3);
CREATE TABLE empty (id int);
SET LOCAL DateStyle = 'German, DMY';
SET LOCAL TimeZone = 'Asia/Tokyo';
SET LOCAL extra_float_digits = -3
"""


def test_a_function_reads_the_same(connection: Connection[Any]) -> None:
    query = query_of(connection)
    connection.execute(HARD_TO_READ)
    connection.execute(ROWS_FUNCTION)
    names = [("public", "t"), ("public", "p"), ("public", "p1"), ("s ü", "x%s"), ("public", "h"), ("public", "empty")]
    tables = [Identity(Kind.TABLE, *name) for name in names]
    read = rows_by_function(query, tables)
    assert read == rows_of(query, tables)
    assert [len(read[table].rows) for table in tables] == [2, 1, 1, 1, 1, 0]
    assert rows_by_function(query, []) == {}


def after(connection: Connection[Any], change: str, key: str = "PRIMARY KEY") -> RowsChange:
    """What a change does to four rows."""
    connection.execute(f"CREATE TABLE t (id integer {key}, a text, b integer)")
    connection.execute("INSERT INTO t VALUES (1, 'x', 1), (2, 'y', NULL), (3, NULL, 3), (4, '', 4)")
    before = rows(connection)
    assert compare(before, before).kept
    connection.execute(change)
    return compare(before, rows(connection))


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        ("SELECT 1", ()),
        ("SET LOCAL TimeZone = 'Asia/Tokyo'", ()),
        ("INSERT INTO t VALUES (5)", ()),
        ("ALTER TABLE t ADD c text", ()),
        ("DELETE FROM t WHERE id > 2", ("table public.t: 2 rows lost",)),
        ("ALTER TABLE t DROP a", ("table public.t: the values of column a are lost",)),
        ("UPDATE t SET a = 'z' WHERE id = 1", ("table public.t: column a differs in 1 row",)),
        ("UPDATE t SET b = b + 1", ("table public.t: column b differs in 3 rows",)),
        (
            "ALTER TABLE t DROP a; ALTER TABLE t ADD a text",
            ("table public.t: column a differs in 3 rows, all NULL now",),
        ),
        (
            "ALTER TABLE t DROP b; ALTER TABLE t ADD b integer DEFAULT 0",
            ("table public.t: column b differs in 4 rows, all 0 now",),
        ),
        (
            "UPDATE t SET a = NULL WHERE a = ''; UPDATE t SET id = 9 WHERE id = 1",
            (
                "table public.t: 1 row lost",
                "table public.t: column a differs in 1 row",
            ),
        ),
    ],
)
def test_what_became_of_rows(change: str, sentences: tuple[str, ...], connection: Connection[Any]) -> None:
    told = after(connection, change)
    assert told.sentences == sentences
    assert told.kept == (not sentences)


def test_rows_without_a_key_are_compared_whole(connection: Connection[Any]) -> None:
    told = after(connection, "UPDATE t SET a = 'z' WHERE id = 1; INSERT INTO t VALUES (2, 'y', NULL)", key="")
    assert (told.lost, told.by_key) == ((("1", "x", "1"),), False)
    assert set(told.gained) == {("1", "z", "1"), ("2", "y", None)}


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]+$",
        r"^[A-Z]{2}-\d{4}$",
        "^[a-z0-9]+(?:-[a-z0-9]+)*$",
        "^(red|green|blue)$",
        r"^\+?[1-9][0-9]{7,14}$",
        r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$",
        r"^https?://[^\s]+$",
        "^[^@ ]+@[^@ ]+$",
        "^#[0-9a-fA-F]{6}$",
        r"^\d{3}-?\d{2}$",
        "^.{3,}$",
        "^(a|b(c|d)*)e?$",
        r"^\w+\s\w+$",
        "^[]a]$",
        "^v[0-9]+(\\.[0-9]+){2}$",
    ],
)
def test_patterns_accept_what_is_made_for_them(pattern: str) -> None:
    found = [text for number in range(40) for text in accepted(pattern, number)]
    assert found and all(re.search(pattern, text) for text in found), found
    assert accepted(pattern, 0) == accepted(pattern, 0)


@pytest.mark.parametrize("pattern", ["(?=a)b", "[", "a{", "(a", "a)", "*a", r"\1", "[[:alpha:]"])
def test_a_pattern_that_is_not_understood_makes_nothing_or_a_guess(pattern: str) -> None:
    assert all(isinstance(text, str) for text in accepted(pattern, 7))


def test_classes_of_letters() -> None:
    assert accepted("^[[:upper:]][[:digit:]]{2}$", 0) == ("A00",)


def test_constants_of_a_condition() -> None:
    found = constants(
        "((kind)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[]))", 0, of_texts=True
    )
    assert found[:2] == ("a", "it's")
    assert constants("(at > '2024-02-29'::date)", 0, of_texts=False)[:2] == ("2024-02-29", "2024-03-01")
    assert constants("(at > '2024-02-29'::date)", 0, of_texts=True) == ()
    assert {"5", "6", "4", "xxxxx"} <= set(constants("(char_length(a) >= 5)", 0, of_texts=True))

"""What statements create, by name."""

from __future__ import annotations

import pytest

from limbeck.sql.creations import Created, Sort, created

TABLE = Created(Sort.RELATION, "table", "t")


@pytest.mark.parametrize(
    ("sql", "things"),
    [
        ("CREATE TABLE t (a int)", [TABLE]),
        ("create unlogged table if not exists T (a int)", [TABLE]),
        ('CREATE TABLE "App"."T" (a int)', [Created(Sort.RELATION, "table", "T", "App")]),
        ("CREATE TEMPORARY TABLE t (a int)", []),
        ("CREATE GLOBAL TEMP TABLE t (a int)", []),
        ("CREATE OR REPLACE RECURSIVE VIEW v (n) AS SELECT 1", [Created(Sort.RELATION, "view", "v")]),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1", [Created(Sort.RELATION, "view", "v")]),
        ("CREATE SEQUENCE s", [Created(Sort.RELATION, "sequence", "s")]),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY app.t (a)", [Created(Sort.RELATION, "index", "i", "app")]),
        ("CREATE INDEX ON t (a)", []),
        ("CREATE TYPE app.mood AS ENUM ('create table t ()')", [Created(Sort.TYPE, "type", "mood", "app")]),
        ("CREATE DOMAIN d AS int", [Created(Sort.TYPE, "domain", "d")]),
        ("CREATE SCHEMA IF NOT EXISTS app", [Created(Sort.SCHEMA, "schema", "app")]),
        ("CREATE SCHEMA AUTHORIZATION me", []),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", []),
        ("CREATE", []),
        ("CREATE TABLE", []),
        ("SELECT 1; CREATE TABLE t (a int); INSERT INTO t VALUES (';create table u ()')", [TABLE]),
        ("DO $$ BEGIN; CREATE TABLE u (); END $$", []),
        ("", []),
    ],
)  # fmt: skip
def test_created(sql: str, things: list[Created]) -> None:
    assert list(created(sql, "postgresql")) == things


@pytest.mark.parametrize(
    ("sql", "things"),
    [
        ("\nCREATE TABLE app.users (\n\tid INTEGER)", [Created(Sort.RELATION, "table", "users", "app")]),
        ("create unique index i on app.t (a)", [Created(Sort.RELATION, "index", "i", "app")]),
        ("CREATE INDEX i ON t USING btree (a)", [Created(Sort.RELATION, "index", "i")]),
        ("CREATE INDEX concurrently ON t (a)", []),
        ("CREATE INDEX if ON t (a)", [Created(Sort.RELATION, "index", "if")]),
        ("CREATE TABLE T (a int)", [TABLE]),
        ("CREATE TABLE t$ (a int)", [Created(Sort.RELATION, "table", "t$")]),
        ("CREATE TABLE té (a int)", [Created(Sort.RELATION, "table", "té")]),
        ("CREATE /* a comment */ TABLE t (a int)", [TABLE]),
    ],
)
def test_the_short_way_and_the_long_way_agree(sql: str, things: list[Created]) -> None:
    assert list(created(sql, "postgresql")) == things
    assert list(created(f"{sql};", "postgresql")) == things


def test_words() -> None:
    assert Created(Sort.RELATION, "table", "t", "app").words == "table app.t"
    assert TABLE.words == "table t"

"""Statements that are sent now and answered later, on a real connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from limbeck.environment.second_connection import SecondConnection

UNDEFINED_TABLE = "42P01"


@pytest.fixture
def second(database_url: str) -> Iterator[SecondConnection]:
    with (
        create_engine(database_url, poolclass=NullPool).connect() as connection,
        closing(SecondConnection(connection)) as second,
    ):
        yield second


def test_rows_are_text(second: SecondConnection) -> None:
    for number in ("1", "2"):  # the second time it is prepared already
        reply = second.send("SELECT CAST($1 AS int) + 1, NULL, 'é'", (number,))
        assert reply is not None
        assert reply.rows is None
        assert second.answered(reply).rows == [(str(int(number) + 1), None, "é")]


def test_whoever_comes_next_waits(second: SecondConnection) -> None:
    reply = second.send("SELECT 'first' FROM pg_sleep(0.01)", ())
    assert second.value("SELECT 'next'") == "next"
    assert reply is not None
    assert reply.rows == [("first",)]


def test_what_fails_says_why_and_harms_nothing(second: SecondConnection) -> None:
    reply = second.send("INSERT INTO nowhere VALUES ($1)", ("x",))
    assert reply is not None
    assert (second.answered(reply).rows, reply.sqlstate) == (None, UNDEFINED_TABLE)
    second.execute("CREATE TABLE nowhere (it bytea)")
    again = second.send("INSERT INTO nowhere VALUES ($1)", (b"\0\xff" * 2_000_000,))
    assert again is not None
    assert second.answered(again).rows == []
    assert second.value("SELECT length(it) FROM nowhere") == 4_000_000


def test_a_connection_that_is_lost_has_no_answer(second: SecondConnection, database_url: str) -> None:
    pid = second.value("SELECT pg_backend_pid()")
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
    reply = second.send("SELECT 1", ())
    assert reply is not None
    assert second.answered(reply).rows is None
    with pytest.raises(DBAPIError) as lost:
        second.rows("SELECT 1")
    assert lost.value.connection_invalidated

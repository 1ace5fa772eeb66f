"""Several statements in one exchange."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from limbeck.scratch import Server
from limbeck.verify.proof.session import Session


@pytest.fixture
def session(postgres_server: Server) -> Iterator[Session]:
    postgres_server.create_database("session")
    with Session(postgres_server.url("session")) as session:
        yield session
    postgres_server.drop_database("session")


def test_the_rows_of_the_last_statement(session: Session) -> None:
    assert session.query("SELECT 1", "CREATE TABLE a (n int) -- the end", "SELECT 2, 'b'") == [(2, "b")]
    assert session.query("INSERT INTO a VALUES (1)") == []


def test_what_can_wait_goes_before_the_next(session: Session) -> None:
    session.later("CREATE TABLE a (n int)")
    session.later("INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (2)")
    assert session.query("SELECT count(*) FROM a") == [(2,)]
    assert session.query("SELECT count(*) FROM a") == [(2,)]


def test_what_fails_is_undone_as_far_as_its_transaction_goes(session: Session) -> None:
    with session.transaction():
        session.later("CREATE TABLE a (n int)")
    with pytest.raises(psycopg.errors.UndefinedTable):
        session.query("BEGIN", "INSERT INTO a VALUES (1)", "COMMIT", "BEGIN", "DROP TABLE a", "SELECT * FROM b")
    session.undo()
    assert session.query("SELECT * FROM a") == [(1,)]


def test_as_if_just_connected(session: Session) -> None:
    before = session.query("SHOW work_mem")
    session.query("SET work_mem = '1MB'", "CREATE TEMP TABLE a ()")
    session.discard()
    assert session.query("SHOW work_mem") == before
    assert session.query("SELECT to_regclass('a')") == [(None,)]

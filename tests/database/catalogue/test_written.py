"""A catalogue kept up to date by what was written is the one that a whole snapshot gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from limbeck.database.catalogue import Query, difference
from limbeck.database.catalogue.postgresql.written import Written
from limbeck.scratch import Server
from tests.database.catalogue.cases import CASES, SETTING, Case
from tests.database.postgresql import taken


@pytest.fixture
def other(database_url: str) -> Iterator[Connection[Any]]:
    """A connection that commits each statement."""
    with committing(database_url.replace("+psycopg", "")) as connection:
        yield connection


@contextmanager
def committing(address: str) -> Iterator[Connection[Any]]:
    """A connection that commits each statement; the roles of the cases are gone afterwards."""
    with psycopg.connect(address, autocommit=True) as connection:
        before = set(connection.execute("SELECT rolname FROM pg_roles").fetchall())
        try:
            yield connection
        finally:
            for (role,) in set(connection.execute("SELECT rolname FROM pg_roles").fetchall()) - before:
                connection.execute(f'DROP OWNED BY "{role}" CASCADE')
                connection.execute(f'DROP ROLE "{role}"')


def query_of(connection: Connection[Any]) -> Query:
    """Runs a statement on it, which may give no rows."""

    def query(sql: str) -> Sequence[tuple[Any, ...]]:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description is not None else []

    return query


def check(connection: Connection[Any], other: Connection[Any], case: Case) -> None:
    """Both ways give the same of what others have committed, and of what the transaction has written itself."""
    other.execute(SETTING)
    other.execute(case.setting)
    with connection.transaction():
        written = Written(query_of(connection))
        before = written.catalogue
    with connection.transaction(force_rollback=True):
        connection.execute(case.change)
        old, new = written.compared(query_of(connection))
        assert difference(old, new) == difference(before, taken(connection))
    with connection.transaction():
        assert difference(*written.compared(query_of(connection))) == ()
    other.execute(case.change)
    with connection.transaction():
        written.update(query_of(connection))
        assert written.catalogue == taken(connection)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_change(case: Case, connection: Connection[Any], other: Connection[Any]) -> None:
    check(connection, other, case)


@pytest.mark.majors
def test_every_change_on_every_major(major_server: Server) -> None:
    for number, case in enumerate(CASES):
        if case.since <= major_server.version[0]:
            name = f"written_{number}"
            major_server.create_database(name)
            with psycopg.connect(major_server.url(name)) as connection, committing(major_server.url(name)) as other:
                check(connection, other, case)


def test_what_was_not_written_is_not_read(connection: Connection[Any], other: Connection[Any]) -> None:
    other.execute(SETTING)
    with connection.transaction():
        written = Written(query_of(connection))
    other.execute("ALTER TABLE owners ADD COLUMN name text")
    with connection.transaction(force_rollback=True):
        connection.execute("ALTER TABLE owners DROP COLUMN name")
        old, new = written.compared(query_of(connection))
        assert {each.of or each.name for each in (*old.objects, *new.objects)} == {"owners"}
        assert difference(old, new) == ()

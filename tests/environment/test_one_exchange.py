"""A transaction is begun with its first query only where that changes nothing but the number of exchanges."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from limbeck.environment.driver_transaction import in_transaction
from limbeck.environment.one_exchange import begun_with

NAMED = "SELECT set_config('application_name', 'named', false)"


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        yield connection


def name(connection: Connection) -> object:
    return connection.exec_driver_sql("SHOW application_name").scalar_one()


def test_it_is_begun_and_the_query_is_executed(connection: Connection) -> None:
    with connection.begin() as transaction:
        assert begun_with(connection, NAMED)
        assert in_transaction(connection)
        assert name(connection) == "named"
        transaction.rollback()
    assert not in_transaction(connection)
    assert name(connection) == ""


def test_not_within_another(connection: Connection) -> None:
    connection.exec_driver_sql("SELECT 1")
    assert not begun_with(connection, NAMED)
    assert name(connection) == ""


def test_not_where_every_statement_commits_by_itself(connection: Connection) -> None:
    connection = connection.execution_options(isolation_level="AUTOCOMMIT")
    assert not begun_with(connection, NAMED)
    assert name(connection) == ""


def test_not_one_of_a_kind_of_its_own(connection: Connection) -> None:
    connection = connection.execution_options(isolation_level="SERIALIZABLE")
    assert not begun_with(connection, NAMED)
    assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "serializable"


def test_what_the_server_refuses_leaves_nothing(connection: Connection) -> None:
    assert not begun_with(connection, "SELECT nothing")
    assert in_transaction(connection) is False

"""A transaction is begun with its first query only where that changes nothing but the number of exchanges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from limbeck.environment.driver_transaction import in_transaction
from limbeck.environment.one_exchange import answer, begun_with, committed_with, sent, when_answered

ACTIVE = 1  # libpq's PQTRANS_ACTIVE
NAMED = "SELECT set_config('application_name', 'named', false)"


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        yield connection


def under_way(connection: Connection) -> bool:
    driver: Any = connection.connection.dbapi_connection
    return driver.pgconn.transaction_status == ACTIVE


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


def test_what_was_sent_is_answered_before_anything_else_happens(connection: Connection) -> None:
    happened: list[str] = []
    when_answered(connection, lambda: happened.append("at once"))
    with connection.begin() as transaction:
        assert sent(connection, NAMED)
        when_answered(connection, lambda: happened.append("answered"))
        assert under_way(connection)
        assert happened == ["at once"]
        assert name(connection) == "named"
        assert happened == ["at once", "answered"]
        assert sent(connection, NAMED.replace("named", "once more"))  # in the transaction that is open
        assert under_way(connection)
        cursor = connection.connection.cursor()  # the driver's own
        cursor.execute("SHOW application_name")
        assert cursor.fetchall() == [("once more",)]
        transaction.rollback()
    assert name(connection) == ""


def test_a_transaction_can_be_ended_before_what_began_it_was_answered(connection: Connection) -> None:
    with connection.begin() as transaction:
        assert sent(connection, NAMED)
        transaction.rollback()
    assert in_transaction(connection) is False
    assert name(connection) == ""


def test_what_the_server_refuses_is_an_error_of_what_comes_next(connection: Connection) -> None:
    assert sent(connection, "SELECT nothing")
    with pytest.raises(DBAPIError, match="nothing"):
        connection.exec_driver_sql("SELECT 1")
    connection.rollback()
    assert name(connection) == ""


def test_it_is_not_sent_where_it_would_begin_no_transaction(connection: Connection) -> None:
    connection = connection.execution_options(isolation_level="AUTOCOMMIT")
    assert not sent(connection, NAMED)
    answer(connection)
    assert name(connection) == ""


@pytest.mark.parametrize(("query", "row"), [("SELECT 1, NULL", ("1", None)), (None, ())])
def test_the_run_goes_on_while_it_commits(
    connection: Connection, query: str | None, row: tuple[str | None, ...]
) -> None:
    seen: list[bool] = []
    assert begun_with(connection, NAMED)
    assert committed_with(connection, query, lambda: seen.append(under_way(connection))) == row
    assert seen == [True]
    assert in_transaction(connection) is False
    assert name(connection) == "named"


def test_it_is_committed_whatever_goes_wrong_meanwhile(connection: Connection) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    assert begun_with(connection, NAMED)
    with pytest.raises(KeyboardInterrupt):
        committed_with(connection, None, interrupted)
    assert in_transaction(connection) is False
    assert name(connection) == "named"

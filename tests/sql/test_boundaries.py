"""Which statements of a step share its transaction."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from limbeck.model.plan import Direction, Statement, Step
from limbeck.sql.boundaries import bounded


def told(*sqls: str, dialect: str = "postgresql", driver: str = "psycopg") -> list[Statement]:
    """The statements of one step."""
    return steps([sqls], dialect=dialect, driver=driver)


def steps(
    given: Sequence[Sequence[str]], *, dialect: str = "postgresql", driver: str = "psycopg", together: bool = False
) -> list[Statement]:
    """The statements of several, one after the other."""
    made = [Step("a", Direction.UPGRADE, tuple(Statement(sql, None) for sql in sqls)) for sqls in given]
    return [statement for step in bounded(made, dialect, driver, together=together) for statement in step.statements]


def by_itself(statements: Sequence[Statement]) -> list[bool]:
    return [statement.by_itself for statement in statements]


def warned(statements: Sequence[Statement]) -> list[int]:
    return [place for place, statement in enumerate(statements) if statement.warning is not None]


def test_a_block() -> None:
    found = told("CREATE TABLE t ();", "COMMIT;", "VACUUM t;", "BEGIN;", "DROP TABLE t;")
    assert by_itself(found) == [False, False, True, False, False]
    assert warned(found) == []


def test_without_a_block() -> None:
    (found,) = told("CREATE INDEX CONCURRENTLY i ON t (a);")
    assert found.warning is not None
    assert "autocommit_block" in found.warning


def test_two_statements_in_one() -> None:
    assert warned(told("COMMIT;", "ANALYZE t; VACUUM t", "BEGIN;")) == [1]


@pytest.mark.parametrize(("driver", "warnings"), [("psycopg", [1]), ("psycopg2", []), ("asyncpg", [])])
def test_a_commit_of_the_revision(driver: str, warnings: list[int]) -> None:
    """psycopg begins another transaction behind it; for the others everything that follows commits by itself."""
    found = told("COMMIT", "VACUUM t", driver=driver)
    assert (warned(found), by_itself(found)) == (warnings, [False, driver != "psycopg"])


ADD = "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'sad' AFTER 'ok';"
USE = "UPDATE t SET mood = 'sad';"


def test_a_new_value() -> None:
    assert warned(told(ADD, USE)) == [1]
    assert warned(told(ADD, "UPDATE t SET mood = 'ok';")) == []
    assert warned(told("COMMIT;", ADD, "BEGIN;", USE)) == []
    assert warned(told("CREATE TYPE mood AS ENUM ('ok');", ADD, USE)) == []


@pytest.mark.parametrize(("together", "warnings"), [(True, [1]), (False, [])])
def test_a_new_value_over_two_steps(together: bool, warnings: list[int]) -> None:
    assert warned(steps([[ADD], [USE]], together=together)) == warnings


def test_mariadb() -> None:
    found = told(
        "CREATE TABLE t (a int)", "INSERT INTO t VALUES (1)", "CREATE TEMPORARY TABLE u (a int)", dialect="mysql"
    )
    assert by_itself(found) == [True, False, False]


def test_others() -> None:
    assert by_itself(told("CREATE TABLE t (a int)", dialect="sqlite", driver="pysqlite")) == [False]

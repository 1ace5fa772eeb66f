"""Questions before a run change nothing, end in time, and leave the connection as it was."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, Row, create_engine
from sqlalchemy.pool import NullPool

from limbeck.run.preflight import look
from limbeck.run.preflight.inquiry import Inquiry, OutOfTime, Unanswered
from limbeck.scratch import Server
from tests.cli.command import limbeck
from tests.cli.projects import ASYNC_ENV_PY, ENV_PY
from tests.run.preflight.databases import Database
from tests.run.preflight.test_obstacles import ROWS, USERS

SLOW = {
    "postgresql": "SELECT pg_sleep(60)",
    "mariadb": "SELECT count(*) FROM seq_1_to_100000 a JOIN seq_1_to_100000 b ON MD5(a.seq + b.seq) = 'x'",
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
}
LIMITS = {
    "postgresql": "SHOW statement_timeout",
    "mariadb": "SELECT @@SESSION.max_statement_time",
    "sqlite": "PRAGMA query_only",
}


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_an_answer_that_takes_too_long(database: Database, connection: Connection) -> None:
    before = connection.exec_driver_sql(LIMITS[database.kind]).scalar()
    moments = itertools.chain([0.0, 0.0], itertools.repeat(0.2))  # all time is left when the first is asked
    with Inquiry(connection, 0.2, lambda: next(moments)) as inquiry:
        with pytest.raises(OutOfTime) as late:
            inquiry.rows(SLOW[database.kind])
        assert late.value.reason == "it took too long"
        with pytest.raises(OutOfTime):
            inquiry.rows("SELECT 1")
    assert connection.exec_driver_sql(LIMITS[database.kind]).scalar() == before


def test_the_time_is_for_all_questions_together(database: Database, connection: Connection) -> None:
    now = 0.0
    with Inquiry(connection, 10.0, lambda: now) as inquiry:
        assert inquiry.value("SELECT 1") == 1
        now = 9.0
        assert inquiry.value("SELECT 2") == 2
        now = 10.0
        with pytest.raises(OutOfTime) as late:
            inquiry.value("SELECT 3")
    assert late.value.reason == "no time was left"


def test_a_refusal_is_no_end(database: Database, connection: Connection) -> None:
    with Inquiry(connection, 10.0) as inquiry:
        with pytest.raises(Unanswered):
            inquiry.rows("SELECT * FROM nowhere")
        assert inquiry.value("SELECT 'a%b:c'") == "a%b:c"
        assert inquiry.value("SELECT :x", {"x": 5}) in (5, "5")
    assert not connection.in_transaction()


@pytest.mark.parametrize("isolation", [None, "AUTOCOMMIT"])
def test_nothing_can_be_changed(postgresql: Database, isolation: str | None) -> None:
    engine = create_engine(postgresql.url, **({"isolation_level": isolation} if isolation else {}))
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id int)")
        with Inquiry(connection, 10.0) as inquiry:
            for change in ("INSERT INTO t VALUES (1)", "CREATE TABLE u (id int)"):
                with pytest.raises(Unanswered) as refused:
                    inquiry.rows(f"{change} RETURNING 1" if "INSERT" in change else change)
                assert refused.value.code == "25006"
            assert inquiry.value("SELECT count(*) FROM t") == 0
        connection.exec_driver_sql("INSERT INTO t VALUES (2)")
        connection.commit()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT id FROM t").scalars().all() == [2]
    engine.dispose()


def test_sqlite_can_be_changed_no_more_than_that(sqlite: Database) -> None:
    engine = create_engine(sqlite.url)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id int)")
        with Inquiry(connection, 10.0) as inquiry, pytest.raises(Unanswered):
            inquiry.rows("INSERT INTO t VALUES (1) RETURNING id")
        connection.exec_driver_sql("INSERT INTO t VALUES (2)")
    engine.dispose()


def test_a_transaction_goes_on(postgresql: Database) -> None:
    """What env.py has set up in its transaction, locks included, is there afterwards."""
    engine = create_engine(postgresql.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id int)")
        connection.exec_driver_sql("SET LOCAL search_path TO pg_catalog, public")
        with Inquiry(connection, 10.0) as inquiry:
            assert inquiry.value("SELECT count(*) FROM t") == 0
            assert inquiry.value("SHOW transaction_read_only") == "on"
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
        assert connection.exec_driver_sql("SHOW search_path").scalar() == "pg_catalog, public"
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT id FROM t").scalars().all() == [1]
    engine.dispose()


class Patient(Inquiry):
    """One to which no time passes until a question takes too long."""

    def __init__(self, connection: Connection, seconds: float, clock: Callable[[], float]) -> None:
        self._late = False
        super().__init__(connection, seconds, lambda: seconds if self._late else 0.0)

    def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[Row[Any]]:
        try:
            return super().rows(query, parameters)
        except OutOfTime:
            self._late = True
            raise


def test_what_is_out_of_time_is_said_and_runs(postgresql: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "Inquiry", Patient)
    postgresql.begin(USERS, ROWS)
    check = "CHECK (id > 0 OR pg_sleep(60) IS NULL)"
    postgresql.execute("UPDATE users SET id = -1 WHERE id = 1")
    with (postgresql.folder / "alembic.ini").open("a") as ini:
        ini.write("\n[limbeck]\npreflight_timeout = 1s\n")
    postgresql.revision(f'op.execute("ALTER TABLE users ADD {check} NOT VALID; ALTER TABLE users ADD COLUMN x int")')
    postgresql.revision('op.execute("SELECT 1")', "ccc333", "bbb222")
    postgresql.upgraded()
    postgresql.revision(
        f'op.execute("ALTER TABLE users ADD CONSTRAINT slow {check}; ALTER TABLE users ALTER email SET NOT NULL")',
        "ddd444",
        "ccc333",
    )
    plan = limbeck("plan", "--json").document
    assert plan["obstacles"] == []
    assert [left["revision"] for left in plan["unchecked"]] == ["ddd444", "ddd444"]
    assert plan["unchecked"][0]["reason"].endswith("it took too long")
    assert plan["unchecked"][1]["reason"].endswith("no time was left")


def test_no_time_at_all(postgresql: Database) -> None:
    postgresql.begin(USERS, ROWS)
    with (postgresql.folder / "alembic.ini").open("a") as ini:
        ini.write("\n[limbeck]\npreflight_timeout = 0s\n")
    postgresql.revision('op.alter_column("users", "email", nullable=False)')
    assert limbeck("plan", "--json").document["obstacles"] == []
    assert limbeck("upgrade").status == 5


@pytest.mark.parametrize("setting", ['isolation_level="AUTOCOMMIT"', 'connect_args={"options": "-c search_path=s2"}'])
def test_the_connection_of_env_py_is_asked(postgresql: Database, setting: str) -> None:
    postgresql.begin("CREATE SCHEMA s2", "CREATE TABLE users (email text)", "CREATE TABLE s2.users (email text)")
    env_py = ENV_PY.replace("poolclass=pool.NullPool", f"poolclass=pool.NullPool, {setting}")
    (postgresql.folder / "migrations" / "env.py").write_text(env_py)
    assert limbeck("stamp", "aaa111").status == 0
    there = "s2.users" if "s2" in setting else "users"
    postgresql.execute(f"INSERT INTO {there} VALUES (NULL), (NULL)")
    postgresql.revision('op.alter_column("users", "email", nullable=False)')
    assert postgresql.refused()["rows"] == 2


def test_an_async_env_py_is_asked(postgresql: Database) -> None:
    postgresql.begin(USERS, ROWS)
    address = 'context.config.get_main_option("sqlalchemy.url")'
    (postgresql.folder / "migrations" / "env.py").write_text(
        ASYNC_ENV_PY.replace(address, f'{address}.replace("psycopg", "asyncpg")')
    )
    postgresql.revision('op.alter_column("users", "email", nullable=False)')
    assert postgresql.refused()["rows"] == 1


@pytest.mark.majors
def test_on_every_major(major_server: Server) -> None:
    major_server.create_database("asked")
    engine = create_engine(major_server.url("asked", driver="psycopg"))
    with engine.connect() as connection, Inquiry(connection, 0.3, lambda: 0.0) as inquiry:
        with pytest.raises(Unanswered) as refused:
            inquiry.rows("CREATE TABLE t (id int)")
        assert refused.value.code == "25006"
        with pytest.raises(OutOfTime):
            inquiry.rows(SLOW["postgresql"])
    engine.dispose()

"""Statements with CONCURRENTLY: they wait as long as it takes, nobody waits for them, and they leave no mess."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.model.bounds import Bounds
from limbeck.model.duration import Duration
from limbeck.model.errors import RunStopped
from tests.cli.projects import write_revision
from tests.run.runs import Told, asked, run, somebody

SHORT = Bounds(Duration("100ms"), Duration("30s"))
ONE_TRY = Bounds(Duration("100ms"), Duration("0s"))
INVALID = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
PARTITIONED = (
    "CREATE TABLE parts (id int) PARTITION BY RANGE (id)",
    "CREATE TABLE low PARTITION OF parts FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE high PARTITION OF parts FOR VALUES FROM (10) TO (20)",
)


def concurrently(folder: Path, statement: str) -> None:
    """The second revision executes the statement outside of a transaction."""
    up = f"with op.get_context().autocommit_block():\n        op.execute({statement!r})"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)


def prepare(url: str) -> None:
    with somebody(url) as connection:
        connection.exec_driver_sql("INSERT INTO users SELECT generate_series(1, 100)")
        connection.exec_driver_sql("CREATE INDEX there ON users (id)")
        for statement in PARTITIONED:
            connection.exec_driver_sql(statement)
        connection.commit()


@pytest.mark.parametrize(
    "held",
    ["INSERT INTO {table} VALUES (9)", "LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE"],
    ids=["writer", "vacuum"],
)
@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("CREATE INDEX CONCURRENTLY made ON users (id)", "users"),
        ("create unique index  concurrently if not exists made /* it */ on users (id)", "users"),
        ("DROP INDEX CONCURRENTLY there", "users"),
        ("REINDEX INDEX CONCURRENTLY there", "users"),
        ("REINDEX (VERBOSE) TABLE CONCURRENTLY users", "users"),
        ("ALTER TABLE parts DETACH PARTITION low CONCURRENTLY", "parts"),
    ],
    ids=lambda text: " ".join(str(text).split()[:2]),
)
def test_readers_and_writers_go_on(folder: Path, database_url: str, statement: str, table: str, held: str) -> None:
    """Measured on the server: while it waits, others read and write, without a wait."""
    prepare(database_url)
    concurrently(folder, statement)
    with somebody(database_url) as other:
        other.exec_driver_sql("DELETE FROM users WHERE id = 9")
        other.commit()
        other.exec_driver_sql(held.format(table=table))
        reads: list[int] = []

        def work() -> None:
            try:
                with somebody(database_url) as application:
                    application.exec_driver_sql("SET lock_timeout = '50ms'")
                    reads.append(application.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
                    application.exec_driver_sql(f"INSERT INTO {table} VALUES (10)") if table == "parts" else None
                    application.exec_driver_sql(f"UPDATE {table} SET id = id WHERE id <> 9")
                    application.commit()
            finally:
                other.rollback()

        told = Told("waiting for a lock: held by pid", work)
        result = run(folder, told, bounds=SHORT)
    assert [step.revision for step in result.applied] == ["bbb222", "ccc333"]
    assert len(reads) == 1
    assert asked(database_url, INVALID) == 0


def test_the_bound_holds_again_behind_it(folder: Path, database_url: str) -> None:
    prepare(database_url)
    up = (
        'with op.get_context().autocommit_block():\n        op.execute("CREATE INDEX CONCURRENTLY made ON users (id)")\n'
        "        op.execute(\"CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS value\")"
    )
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    run(folder, Told(), bounds=ONE_TRY)
    assert asked(database_url, "SELECT value FROM seen") == "100ms"


def test_a_materialized_view_is_bounded(folder: Path, database_url: str) -> None:
    """REFRESH ... CONCURRENTLY holds a lock that writers of the view wait behind."""
    with somebody(database_url) as connection:
        connection.exec_driver_sql("CREATE MATERIALIZED VIEW v AS SELECT 1 AS id")
        connection.exec_driver_sql("CREATE UNIQUE INDEX ON v (id)")
        connection.commit()
        concurrently(folder, "REFRESH MATERIALIZED VIEW CONCURRENTLY v")
        connection.exec_driver_sql("REFRESH MATERIALIZED VIEW CONCURRENTLY v")
        with pytest.raises(RunStopped) as stopped:
            run(folder, Told(), bounds=ONE_TRY)
    assert "LockNotAvailable" in stopped.value.message


def test_a_build_that_is_never_let_through(folder: Path, database_url: str) -> None:
    """It is given up in the end; what it leaves is removed by the next run."""
    concurrently(folder, "CREATE INDEX CONCURRENTLY made ON users (id)")
    with somebody(database_url) as other:
        other.exec_driver_sql("INSERT INTO users VALUES (9)")
        with pytest.raises(RunStopped) as stopped:
            run(folder, Told(), bounds=Bounds(Duration("100ms"), Duration("700ms")))
    assert stopped.value.exit_code == 5
    assert "; not tried again, since part of the step is committed, held by pid" in stopped.value.message
    assert asked(database_url, INVALID) == 1
    told = Told()
    run(folder, told)
    assert [remark.partition(" on ")[0] for remark in told.remarks] == ["removed the INVALID index made"]
    assert asked(database_url, INVALID) == 0

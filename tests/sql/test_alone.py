"""What PostgreSQL refuses in a transaction, asked of every major version."""

from __future__ import annotations

import psycopg
import pytest

from limbeck.scratch import Server
from limbeck.sql.alone import alone

REFUSED = (
    ("CREATE INDEX CONCURRENTLY i2 ON t (a)", 12),
    ("create unique index concurrently if not exists i2 on t (a)", 12),
    ("/* why */ CREATE INDEX -- so\n CONCURRENTLY ON t (a)", 12),
    ("DROP INDEX CONCURRENTLY i", 12),
    ("DROP INDEX CONCURRENTLY IF EXISTS nothing", 12),
    ("REINDEX INDEX CONCURRENTLY i", 12),
    ("REINDEX TABLE CONCURRENTLY t", 12),
    ("REINDEX (VERBOSE) TABLE CONCURRENTLY t", 12),
    ("REINDEX (CONCURRENTLY) TABLE t", 14),
    ("REINDEX (CONCURRENTLY TRUE, VERBOSE) TABLE t", 14),
    ("REINDEX SCHEMA public", 12),
    ("REINDEX DATABASE test_1", 12),
    ("REINDEX SYSTEM test_1", 12),
    ("VACUUM", 12),
    ("VACUUM (ANALYZE) t", 12),
    ("VACUUM FULL t", 12),
    ("CLUSTER", 12),
    ("CLUSTER VERBOSE", 12),
    ("CREATE DATABASE more", 12),
    ("DROP DATABASE IF EXISTS more", 12),
    ("CREATE TABLESPACE place LOCATION '/nowhere'", 12),
    ("DROP TABLESPACE IF EXISTS place", 12),
    ("ALTER DATABASE test_1 SET TABLESPACE pg_default", 12),
    ("ALTER SYSTEM SET work_mem = '4MB'", 12),
    ("ALTER SYSTEM RESET ALL", 12),
    ("ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", 14),
    ("CREATE SUBSCRIPTION s CONNECTION 'dbname=none' PUBLICATION x", 12),
    ("DISCARD ALL", 12),
    ("COMMIT PREPARED 'x'", 12),
    ("ROLLBACK PREPARED 'x'", 12),
    ("SELECT 1; VACUUM t", 12),
)
TAKEN = (
    "CREATE INDEX concurrently_seen ON t (a)",
    'CREATE INDEX "concurrently" ON t (a)',
    "DROP INDEX i",
    "REINDEX TABLE t",
    "REINDEX INDEX i",
    "ANALYZE t",
    "CLUSTER t USING i",
    'CLUSTER "t" USING i',
    "ALTER TABLE p DETACH PARTITION p1",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
    "ALTER DATABASE test_1 SET work_mem = '4MB'",
    "CREATE SUBSCRIPTION s CONNECTION 'dbname=none' PUBLICATION x WITH (connect = false)",
    "COMMENT ON TABLE t IS 'VACUUM me; CREATE DATABASE x'",
    "DO $$ BEGIN PERFORM 'x'; END; -- VACUUM\n $$",
    "DISCARD PLANS",
    "ALTER TYPE mood ADD VALUE 'sad'",
)
SET_UP = """
CREATE TABLE t (a integer); CREATE INDEX i ON t (a);
CREATE TABLE p (a integer) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE UNIQUE INDEX of_m ON m (a);
CREATE TYPE mood AS ENUM ('ok');
"""


@pytest.mark.majors
def test_as_the_server_does(major_server: Server) -> None:
    major_server.create_database("test_1")
    with psycopg.connect(major_server.url("test_1")) as connection:
        major = connection.info.server_version // 10000
        connection.execute(SET_UP)
        connection.commit()
        for sql, since in REFUSED:
            if major < since:
                continue
            with pytest.raises(psycopg.errors.ActiveSqlTransaction):
                connection.execute(sql)
            connection.rollback()
            assert alone(sql), sql
        for sql in TAKEN:
            connection.execute(sql)
            connection.rollback()


@pytest.mark.parametrize("sql", [sql for sql, _ in REFUSED])
def test_refused(sql: str) -> None:
    assert alone(sql) is not None


@pytest.mark.parametrize("sql", TAKEN)
def test_taken(sql: str) -> None:
    assert alone(sql) is None

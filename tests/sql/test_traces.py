"""What statements leave behind, and which names are in them."""

from __future__ import annotations

import pytest

from limbeck.sql.names import NameInText, names
from limbeck.sql.traces import Trace, functions, trace_of

EVERYWHERE = {
    "SELECT 1": Trace.NOTHING,
    "  -- why\n SELECT count(*) FROM t": Trace.NOTHING,
    "SELECT 'insert into t'": Trace.NOTHING,
    "WITH a AS (SELECT 1) SELECT * FROM a": Trace.NOTHING,
    "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a": Trace.CHANGE,
    "EXPLAIN SELECT 1": Trace.NOTHING,
    "INSERT INTO t VALUES (1)": Trace.CHANGE,
    "UPDATE t SET a = 1": Trace.CHANGE,
    "SAVEPOINT a": Trace.SESSION,
    "ROLLBACK TO SAVEPOINT a": Trace.SESSION,
    "COMMIT": Trace.SESSION,
    "CREATE TEMPORARY TABLE t (a int)": Trace.TEMPORARY,
}
OWN = {
    "postgresql": {
        "CREATE TABLE t (a int)": Trace.CHANGE,
        "CREATE INDEX CONCURRENTLY i ON t (a)": Trace.ALONE,
        "VACUUM t": Trace.ALONE,
        "SET LOCAL search_path = a": Trace.SESSION,
        "SET a = 1; UPDATE t SET a = 1": Trace.CHANGE,
        "SELECT 1 AS a INTO t": Trace.CHANGE,
        "SELECT 1 AS a INTO TEMP t": Trace.TEMPORARY,
        "WITH a AS (DELETE FROM t RETURNING a) SELECT * FROM a": Trace.CHANGE,
        "CREATE LOCAL TEMP TABLE t (a int)": Trace.TEMPORARY,
        "DO $$ BEGIN UPDATE t SET a = 1; END $$": Trace.CHANGE,
        "DO $$ BEGIN UPDATE t SET a = 1; COMMIT; END $$": Trace.UNKNOWN,
        "CALL p()": Trace.UNKNOWN,
        "EXPLAIN ANALYZE UPDATE t SET a = 1": Trace.CHANGE,
        "ANALYZE t": Trace.CHANGE,
        "DISCARD ALL": Trace.SESSION,
    },
    "mysql": {
        "CREATE TABLE t (a int)": Trace.COMMITTED,
        "TRUNCATE t": Trace.COMMITTED,
        "RENAME TABLE a TO b": Trace.COMMITTED,
        "DROP TEMPORARY TABLE t": Trace.TEMPORARY,
        "SET FOREIGN_KEY_CHECKS = 0": Trace.SESSION,
        "LOCK TABLES t WRITE": Trace.SESSION,
        "PREPARE a FROM 'SELECT 1'": Trace.SESSION,
        "EXECUTE a": Trace.UNKNOWN,
        "CALL p()": Trace.UNKNOWN,
        "REPLACE INTO t VALUES (1)": Trace.CHANGE,
        "SELECT a INTO @a FROM t": Trace.NOTHING,
    },
    "sqlite": {
        "CREATE TABLE t (a int)": Trace.CHANGE,
        "PRAGMA foreign_keys = OFF": Trace.SESSION,
        "VACUUM": Trace.ALONE,
        "CREATE TEMP VIEW v AS SELECT 1": Trace.TEMPORARY,
    },
}
CASES = [(dialect, sql, trace) for dialect, own in OWN.items() for sql, trace in {**EVERYWHERE, **own}.items()]


@pytest.mark.parametrize(("dialect", "sql", "trace"), CASES)
def test_trace(dialect: str, sql: str, trace: Trace) -> None:
    assert trace_of(sql, dialect) is trace


def test_functions() -> None:
    assert functions("SELECT add_people(1), lower(app.more('x(')) FROM t WHERE a IN (1)", "postgresql") == (
        "add_people",
        "more",
    )
    assert functions("SELECT count(*), setval('s', (SELECT max(id) FROM t))", "postgresql") == ()
    assert functions("SELECT pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint", "postgresql") == ()


def test_names() -> None:
    found = names('ALTER TABLE App."My ""T" ADD COLUMN a int', "postgresql")
    assert NameInText('My "T', "app") in found
    assert NameInText("app") in found
    assert NameInText("a") in found
    assert names("SELECT 'x' || \"y\"", "mysql") == (NameInText("SELECT"),)

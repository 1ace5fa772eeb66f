"""What `plan --facts` and `lint --pending` tell of real tables, and what they leave alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, filled, line, write_project, write_revision
from tests.conftest import MakeDatabase

INDEX = 'op.create_index("ix_{0}", "{0}", ["a"])'


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LIMBECK_SCRATCH", database_url)
    return tmp_path


def test_a_role_that_may_only_read_is_enough(folder: Path, database_url: str) -> None:
    filled(folder, database_url)
    assert limbeck("upgrade", "aaa111").status == 0
    with connected(database_url) as connection:
        name = connection.engine.url.database
        connection.exec_driver_sql("DROP ROLE IF EXISTS reader")
        connection.exec_driver_sql("CREATE ROLE reader LOGIN; GRANT SELECT ON alembic_version TO reader")
        connection.exec_driver_sql(f'ALTER ROLE reader IN DATABASE "{name}" SET default_transaction_read_only = on')
        reader = connection.engine.url.set(username="reader").render_as_string(hide_password=False)
        try:
            plan = limbeck("plan", "--facts", "--json", "--url", reader)
        finally:
            connection.exec_driver_sql("DROP OWNED BY reader; DROP ROLE reader")
    assert plan.status == 0, plan.err
    assert {each["table"]: each["rows"] for each in plan.document["tables"]} == {"customers": 0, "orders": 100000}
    assert "of orders (about 100,000 rows, 5784 kB) wait" in plan.document["steps"][0]["facts"]["verdict"]


def test_a_plan_without_facts_asks_for_none(folder: Path, database_url: str) -> None:
    filled(folder, database_url)
    plan = limbeck("plan", "--json")
    assert [step["facts"] for step in plan.document["steps"]] == [None, None, None]
    assert list((folder / "cache" / "limbeck").glob("*.facts")) == []


def test_locks_of_steps_that_are_committed_together(folder: Path, database_url: str) -> None:
    filled(folder, database_url)
    (folder / "migrations" / "env.py").write_text(ENV_PY.replace("engine.connect()", "engine.begin()"))
    plan = limbeck("plan", "--facts")
    assert plan.status == 0, plan.err
    assert "env.py commits all steps together: locks are held until the last step has run" in plan.out
    assert limbeck("plan", "--facts", "--json").document["one_transaction"] is True


def test_a_table_that_somebody_locks_keeps_nobody_waiting(folder: Path, database_url: str) -> None:
    filled(folder, database_url)
    assert limbeck("upgrade", "aaa111").status == 0
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE orders")
        plan = limbeck("plan", "--facts", "--no-preflight")
        lint = limbeck("lint", "--pending", "--select", "readers-wait-for-scan")
    engine.dispose()
    assert plan.status == 0, plan.err
    assert "the sizes of the tables are not known: it took too long" in plan.out
    assert "verdict: readers and writers of customers wait, writers of orders wait while" in plan.out
    assert lint.status == 1
    assert "the sizes of its tables are not known: " in lint.err


def _two_tables(folder: Path, url: str, comment: str = "") -> Path:
    write_project(folder, url)
    tables = (
        "CREATE TABLE tiny AS SELECT 1 AS a",
        "CREATE TABLE large AS SELECT generate_series(1, 60000) AS a",
        "ANALYZE",
    )
    up = "\n    ".join(f'op.execute("{sql}")' for sql in tables)
    write_revision(folder, "aaa111", None, "tables", up=up, down_code='op.execute("DROP TABLE tiny, large")')
    up = f"{INDEX.format('tiny')}{comment}\n    {INDEX.format('large')}{comment}"
    write_revision(
        folder, "bbb222", "aaa111", "indexes", up=up, down_code='op.drop_index("ix_tiny"); op.drop_index("ix_large")'
    )
    assert limbeck("upgrade", "aaa111").status == 0
    return folder


def messages(*words: str) -> list[str]:
    return [f"{each['rule']}: {each['message']}" for each in limbeck("lint", "--json", *words).document["findings"]]


def test_a_tiny_table_is_no_hazard(folder: Path, database_url: str) -> None:
    _two_tables(folder, database_url)
    tiny, large = (
        f"writers-wait-for-scan: writers of {name} wait while {name} is read from end to end"
        for name in ("tiny", "large")
    )
    assert messages("bbb222") == [tiny, large.replace("writers of large", "writers of large and tiny")]
    assert messages("--pending") == [large.replace("writers of large", "writers of large and tiny")]
    assert messages("bbb222") == [tiny, large.replace("writers of large", "writers of large and tiny")]


def test_through_env_py_it_is_the_same(folder: Path, database_url: str) -> None:
    _two_tables(folder, database_url)
    (folder / "migrations" / "env.py").write_text("import os\nos.environ['SEEN'] = '1'\n" + ENV_PY)
    assert len(messages("--pending")) == 1


def test_a_suppression_is_of_use_where_a_table_is_tiny_here_only(folder: Path, database_url: str) -> None:
    _two_tables(folder, database_url, "  # limbeck: allow[writers-wait-for-scan] at night")
    assert messages("--pending") == []
    assert messages("bbb222") == []


def test_a_database_of_another_kind_has_no_facts(folder: Path) -> None:
    line(folder)
    plan = limbeck("plan", "--facts")
    assert (plan.status, "verdict" in plan.out) == (0, False)


def test_the_database_that_is_named_counts(folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The configuration has an address of SQLite for everyday work."""
    monkeypatch.delenv("LIMBECK_SCRATCH")
    filled(folder, "sqlite:///app.db")
    plan = limbeck("plan", "+1", "--facts", "--json", "--url", database_url)
    assert plan.status == 0, plan.err
    facts = plan.document["steps"][0]["facts"]
    assert (facts["unmeasured"], facts["verdict"]) == (None, "nobody waits")


def test_several_databases_are_planned_though_nothing_can_be_measured(
    folder: Path, make_database: MakeDatabase
) -> None:
    urls = {name: make_database() for name in ("one", "two")}
    filled(folder, urls["one"])
    assert limbeck("upgrade", "aaa111").status == 0
    with connected(urls["two"]) as connection:
        connection.exec_driver_sql("CREATE TABLE orders (id int, note text); CREATE TABLE customers (id int)")
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num varchar(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('aaa111')")
    head, _, body = ENV_PY.partition("else:\n")
    body = body.replace("create_engine(url", f"create_engine({urls}[name]")
    body = body.replace("run_migrations()", "run_migrations(engine_name=name)").replace("\n", "\n    ")
    (folder / "migrations" / "env.py").write_text(f'{head}else:\n    for name in ("one", "two"):\n    {body}')
    for path in folder.glob("migrations/versions/*.py"):
        path.write_text(path.read_text().replace("grade():", "grade(engine_name):"))
    plan = limbeck("plan", "--facts", "--json", "--no-preflight")
    assert plan.status == 0, plan.err
    assert [one["database"] for one in plan.document["databases"]] == ["one", "two"]
    for one in plan.document["databases"]:
        assert [step["revision"] for step in one["steps"]] == ["bbb222", "ccc333"]
        assert all(step["facts"]["verdict"].startswith("not known: ") for step in one["steps"])

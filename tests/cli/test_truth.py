"""A run says what another connection sees, whatever the revisions do to their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line, write_project, write_revision, write_table

COMMIT = 'op.get_bind().execute(sa.text("SELECT 1"))\n    op.get_bind().commit()'


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"limbeck_journal"}
    finally:
        engine.dispose()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize("transaction", ["revision", "run"])
@pytest.mark.parametrize("place", ["aaa111", "ccc333"])
def test_a_revision_that_commits_loses_nothing(folder: Path, database_url: str, transaction: str, place: str) -> None:
    line(folder, database_url)
    names = {"aaa111": "users", "ccc333": "parcels"}
    create = f'op.create_table("{names[place]}", sa.Column("id", sa.Integer()))\n    {COMMIT}'
    down = {"aaa111": None, "ccc333": "bbb222"}[place]
    write_revision(folder, place, down, f"create {names[place]}", up=create)
    result = limbeck("upgrade", "--json", "--transaction", transaction)
    assert (result.status, result.document["current"]) == (0, ["ccc333"]), result.err
    assert tables(database_url) == {"alembic_version", "users", "orders", "parcels"}


def test_a_lost_commit_is_not_success(folder: Path, database_url: str) -> None:
    """An outer transaction of env.py cannot be mended from here; that it lost revisions is told."""
    line(folder, database_url)
    (folder / "migrations" / "env.py").write_text(ENV_PY.replace("engine.connect()", "engine.begin()"))
    write_revision(folder, "bbb222", "aaa111", "create orders", up=COMMIT)
    result = limbeck("upgrade", "--json")
    assert result.status == 5, result.err
    assert result.document["current"] == ["aaa111"]
    assert [step["revision"] for step in result.document["applied"]] == ["aaa111"]


def test_a_revision_that_rolls_back_stops_the_run(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    write_revision(
        folder,
        "bbb222",
        "aaa111",
        "create orders",
        up='op.create_table("orders", sa.Column("id", sa.Integer()))\n    op.get_bind().rollback()',
    )
    result = limbeck("upgrade", "--json")
    assert (result.status, result.document["current"]) == (5, ["aaa111"]), result.err
    assert "rolled back its own connection" in result.err
    assert "orders" not in tables(database_url)


def test_a_revision_that_rolls_back_a_read_goes_on(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    up = 'op.get_bind().execute(sa.text("SELECT 1"))\n    op.get_bind().rollback()\n'
    up += '    op.create_table("orders", sa.Column("id", sa.Integer()))'
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    result = limbeck("upgrade", "--json")
    assert (result.status, result.document["current"]) == (0, ["ccc333"]), result.err
    assert "orders" in tables(database_url)


def test_a_revision_that_exits_is_a_failure(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    write_revision(folder, "bbb222", "aaa111", "create orders", up="raise SystemExit(0)")
    result = limbeck("upgrade", "--json")
    assert result.status == 5
    assert result.document["failed"]["revision"] == "bbb222"
    assert [step["revision"] for step in result.document["applied"]] == ["aaa111"]
    assert result.document["current"] == ["aaa111"]


def test_env_py_that_swallows_the_failure_does_not_hide_it(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    env_py = ENV_PY.replace(
        "            context.run_migrations()",
        "            try:\n                context.run_migrations()\n            except Exception as e:\n                print(e)",
    )
    assert env_py != ENV_PY
    (folder / "migrations" / "env.py").write_text(env_py)
    write_revision(folder, "bbb222", "aaa111", "create orders", up='op.execute("SELECT * FROM nowhere")')
    result = limbeck("upgrade", "--json")
    assert result.status == 5, result.err
    assert result.document["failed"]["revision"] == "bbb222"


def test_prints_of_the_project_stay_out_of_the_json(folder: Path) -> None:
    line(folder)
    (folder / "migrations" / "env.py").write_text("print('env')\n" + ENV_PY)
    write_revision(folder, "bbb222", "aaa111", "create orders", up='print("revision")')
    result = limbeck("upgrade", "--json")
    assert result.status == 0
    assert result.document["current"] == ["ccc333"]
    assert "env\n" in result.err
    assert "revision\n" in result.err


def test_version_table_and_schema_of_env_py(folder: Path, database_url: str) -> None:
    write_project(folder, database_url)
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA ops")
    (folder / "migrations" / "env.py").write_text(
        ENV_PY.replace("connection=connection", "connection=connection, version_table='v', version_table_schema='ops'")
    )
    write_table(folder, "aaa111", None, "users")
    assert limbeck("upgrade", "--json").document["current"] == ["aaa111"]
    assert limbeck("current", "--json", "--url", database_url).document["current"] == ["aaa111"]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM ops.v").scalars().all() == ["aaa111"]
    engine.dispose()


def test_a_tenant_of_its_own_search_path(folder: Path, database_url: str) -> None:
    write_project(folder, database_url)
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA t1")
        connection.exec_driver_sql("CREATE SCHEMA t2")
    engine.dispose()
    (folder / "migrations" / "env.py").write_text(
        ENV_PY.replace(
            "        context.configure(connection=connection)",
            "        tenant = context.get_x_argument(as_dictionary=True)['tenant']\n"
            "        connection.exec_driver_sql(f'SET search_path TO {tenant}')\n"
            "        connection.commit()\n"
            "        connection.dialect.default_schema_name = tenant\n"
            "        context.configure(connection=connection)",
        )
    )
    write_table(folder, "aaa111", None, "users")
    first = limbeck("upgrade", "-x", "tenant=t1", "--json")
    assert (first.status, first.document["current"]) == (0, ["aaa111"]), first.err
    assert limbeck("-x", "tenant=t2", "current", "--json").document["current"] == []
    assert limbeck("-x", "tenant=t1", "current", "--json").document["current"] == ["aaa111"]


@pytest.mark.parametrize(
    ("said", "options", "applied"),
    [
        ("", (), ["aaa111"]),
        ("transaction_per_migration=True", (), ["aaa111"]),
        ("transaction_per_migration=False", (), []),
        ("transaction_per_migration=False", ("--transaction", "revision"), ["aaa111"]),
        ("", ("--transaction", "run"), []),
    ],
)
def test_transactions(folder: Path, database_url: str, said: str, options: tuple[str, ...], applied: list[str]) -> None:
    line(folder, database_url)
    (folder / "migrations" / "env.py").write_text(
        ENV_PY.replace("connection=connection", f"connection=connection, {said}")
    )
    write_revision(folder, "bbb222", "aaa111", "create orders", up='op.execute("SELECT * FROM nowhere")')
    result = limbeck("upgrade", "--json", *options)
    assert result.status == 5
    assert [step["revision"] for step in result.document["applied"]] == applied
    assert result.document["current"] == applied
    assert ("users" in tables(database_url)) == bool(applied)


def test_a_run_that_was_rolled_back_leaves_no_connection(folder: Path, database_url: str) -> None:
    """The version table went with the rest, so that looking at it then must not fail."""
    line(folder, database_url)
    write_revision(folder, "bbb222", "aaa111", "create orders", up='op.execute("SELECT * FROM nowhere")')
    assert limbeck("upgrade", "--transaction", "run", "-q").status == 5
    engine = create_engine(database_url)
    with engine.connect() as connection:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert connection.exec_driver_sql(others).scalar_one() == 0
    engine.dispose()


IN_ONE = """        with context.begin_transaction() as transaction:
            context.run_migrations()
            if "dry-run" in context.get_x_argument():
                transaction.rollback()"""
BY_HAND = """        transaction = connection.begin()
        context.run_migrations()
        if "dry-run" in context.get_x_argument():
            transaction.rollback()
        else:
            transaction.commit()"""


@pytest.mark.parametrize("body", [IN_ONE, BY_HAND])
def test_a_dry_run_of_env_py_applies_nothing(folder: Path, database_url: str, body: str) -> None:
    line(folder, database_url)
    before, run, after = ENV_PY.partition(
        "        with context.begin_transaction():\n            context.run_migrations()"
    )
    assert run
    (folder / "migrations" / "env.py").write_text(before + body + after)
    result = limbeck("upgrade", "--json", "-x", "dry-run")
    assert (result.status, result.document["current"]) == (5, []), result.err
    assert tables(database_url) == set()
    result = limbeck("upgrade", "--json")
    assert (result.status, result.document["current"]) == (0, ["ccc333"]), result.err


def test_an_outer_transaction_of_env_py_is_kept(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    (folder / "migrations" / "env.py").write_text(ENV_PY.replace("engine.connect()", "engine.begin()"))
    write_revision(folder, "bbb222", "aaa111", "create orders", up='op.execute("SELECT * FROM nowhere")')
    result = limbeck("upgrade", "--json")
    assert (result.status, result.document["applied"], result.document["current"]) == (5, [], [])
    assert result.document["pending"] == ["aaa111", "bbb222", "ccc333"]


def test_rows_in_the_way_are_counted_before_the_first_step(
    folder: Path, database_url: str, make_database: Callable[[], str]
) -> None:
    write_project(folder, database_url)
    write_table(folder, "aaa111", None, "users")
    path = write_revision(folder, "bbb222", "aaa111", "drop hashes")
    path.write_text(path.read_text() + "\n# limbeck: irreversible[users: id > 1] hashes are gone\n")
    write_table(folder, "ccc333", "bbb222", "orders")
    assert limbeck("upgrade", "-q").status == 0
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO users VALUES (1), (2), (3)")
    refused = limbeck("downgrade", "base")
    assert refused.status == 2
    assert "bbb222: 2 in users where id > 1: hashes are gone" in refused.err
    assert "orders" in tables(database_url), "nothing was run"
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM users WHERE id > 1")
    engine.dispose()
    assert limbeck("downgrade", "base", "--yes").status == 0


def test_a_setting_declares_rows_in_the_way(folder: Path, database_url: str) -> None:
    write_project(folder, database_url)
    write_table(folder, "aaa111", None, "users")
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("\n[limbeck]\nirreversible =\n    aaa111[users: id > 1] hashes are gone\n")
    assert limbeck("upgrade", "-q").status == 0
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO users VALUES (1), (2)")
    engine.dispose()
    refused = limbeck("downgrade", "base")
    assert refused.status == 2
    assert "aaa111: 1 in users where id > 1: hashes are gone" in refused.err
    assert "users" in tables(database_url)


def test_a_declaration_that_cannot_be_counted_is_refused(folder: Path, database_url: str) -> None:
    write_project(folder, database_url)
    path = write_table(folder, "aaa111", None, "users")
    path.write_text(path.read_text() + "\n# limbeck: irreversible[users: no_such_column > 1] reason\n")
    assert limbeck("upgrade", "-q").status == 0
    refused = limbeck("downgrade", "base")
    assert refused.status == 2
    assert "cannot be counted" in refused.err
    assert "users" in tables(database_url)


def test_a_database_in_memory_is_believed(folder: Path) -> None:
    line(folder, "sqlite://")
    result = limbeck("upgrade", "--json")
    assert (result.status, result.document["current"]) == (0, ["ccc333"]), result.err

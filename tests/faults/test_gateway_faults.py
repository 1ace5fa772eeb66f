"""The faults that were seen in a chain of the gateway's shape, each in a chain of its own: what a run makes of it.

One of them, a model whose enum has another name than the database's, is no matter of a run.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from limbeck.scratch import Server
from tests.cli.command import Outcome, limbeck
from tests.cli.projects import write_project, write_revision, write_table
from tests.faults.database import Database, PostgreSQL
from tests.faults.state import read_state
from tests.faults.subject import LIMBECK, upgrade

Revise = Callable[..., Path]

USERS = 'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("email", sa.String(200)))'
TWO_USERS = "INSERT INTO users (id, email) VALUES (1, 'a@example.org'), (2, NULL)"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Database:
    """An empty database, and an empty project in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_project(tmp_path, database_url)
    return Database("PostgreSQL", database_url)


def stopped(result: Outcome, at: str, sqlstate: str | None, current: list[str]) -> None:
    """The run stopped at that revision, and says where the database is."""
    assert result.status == 5, result.err
    assert (result.document["failed"]["revision"], result.document["failed"]["sqlstate"]) == (at, sqlstate)
    assert result.document["current"] == current
    assert "hint: " in result.err


def test_a_downgrade_that_creates_a_table_its_upgrade_never_made(database: Database, tmp_path: Path) -> None:
    write_revision(tmp_path, "aaa111", None, "users", up=USERS, down_code='op.drop_table("users")')
    down = 'op.drop_table("orders")\n    op.create_table("users", sa.Column("id", sa.Integer()))'
    write_revision(tmp_path, "bbb222", "aaa111", "orders", up=USERS.replace("users", "orders"), down_code=down)
    assert limbeck("upgrade").status == 0
    before = read_state(database)
    stopped(limbeck("downgrade", "base", "--yes", "--json"), "bbb222", "42P07", ["bbb222"])
    assert read_state(database) == before, "nothing of the failed step is left"


def test_a_downgrade_that_drops_an_enum_still_in_use(database: Database, tmp_path: Path) -> None:
    up = "op.execute(\"CREATE TYPE role AS ENUM ('user')\")\n    op.execute('CREATE TABLE messages (role role)')"
    write_revision(tmp_path, "aaa111", None, "messages", up=up, down_code="op.execute('DROP TABLE messages')")
    write_revision(tmp_path, "bbb222", "aaa111", "nothing", down_code="op.execute('DROP TYPE role')")
    assert limbeck("upgrade").status == 0
    before = read_state(database)
    stopped(limbeck("downgrade", "aaa111", "--yes", "--json"), "bbb222", "2BP01", ["bbb222"])
    assert read_state(database) == before


def test_an_enum_left_behind_so_that_the_next_upgrade_fails(database: Database, tmp_path: Path) -> None:
    write_table(tmp_path, "aaa111", None, "users")
    up = "op.execute(\"CREATE TYPE role AS ENUM ('user')\")\n    op.execute('CREATE TABLE messages (role role)')"
    write_revision(tmp_path, "bbb222", "aaa111", "messages", up=up, down_code="op.execute('DROP TABLE messages')")
    assert limbeck("upgrade").status == 0
    assert limbeck("downgrade", "aaa111", "--yes").status == 0
    before = read_state(database)
    stopped(limbeck("upgrade", "--json"), "bbb222", "42710", ["aaa111"])
    assert read_state(database) == before


def test_a_column_dropped_on_the_way_down_that_an_earlier_revision_had_made(database: Database, tmp_path: Path) -> None:
    write_revision(tmp_path, "aaa111", None, "users", up=USERS, down_code='op.drop_table("users")')
    write_revision(tmp_path, "bbb222", "aaa111", "index", down_code='op.drop_column("users", "email")')
    write_revision(tmp_path, "ccc333", "bbb222", "email", down_code='op.alter_column("users", "email", nullable=True)')
    assert limbeck("upgrade").status == 0
    assert limbeck("downgrade", "aaa111", "--yes").status == 0
    assert limbeck("upgrade", "ccc333").status == 0
    stopped(limbeck("downgrade", "aaa111", "--yes", "--json"), "ccc333", "42703", ["ccc333"])


def test_rows_lost_when_a_table_is_replaced(database: Database, tmp_path: Path) -> None:
    write_revision(tmp_path, "aaa111", None, "users", up=USERS, down_code='op.drop_table("users")')
    replace = 'op.drop_table("{}")\n    op.create_table("{}", sa.Column("id", sa.Integer()))'
    write_revision(
        tmp_path,
        "bbb222",
        "aaa111",
        "accounts",
        up=replace.format("users", "accounts"),
        down_code=replace.format("accounts", "users"),
    )
    assert limbeck("upgrade").status == 0
    database.execute("INSERT INTO accounts VALUES (1), (2)")
    refused = limbeck("downgrade", "aaa111")
    assert refused.status == 2
    assert "accounts" in refused.out + refused.err
    assert "2 rows" in refused.out + refused.err
    assert database.rows("SELECT id FROM accounts ORDER BY id") == [(1,), (2,)]


def test_not_null_on_a_populated_table_is_refused_before_anything_has_run(database: Database, tmp_path: Path) -> None:
    populated(database, tmp_path)
    before = read_state(database)
    refused = limbeck("upgrade", "--json")
    assert refused.status in (1, 2), refused.err
    assert "1 row" in refused.err
    assert "email IS NULL" in refused.err
    assert read_state(database) == before


def test_not_null_on_a_populated_table_stops_the_run_without_a_trace(database: Database, tmp_path: Path) -> None:
    populated(database, tmp_path)
    before = read_state(database)
    assert limbeck("upgrade", "--json").status in (1, 2, 5)
    after = read_state(database)
    assert [line for line in after.schema if " users " in line] == [line for line in before.schema if " users " in line]
    assert database.rows("SELECT count(*) FROM users") == [(2,)]


def populated(database: Database, folder: Path) -> None:
    """Two users, one without an email; pending are another table, and NOT NULL on the email."""
    write_revision(folder, "aaa111", None, "users", up=USERS)
    assert limbeck("upgrade").status == 0
    database.execute(TWO_USERS)
    write_table(folder, "bbb222", "aaa111", "orders")
    write_revision(folder, "ccc333", "bbb222", "email", up='op.alter_column("users", "email", nullable=False)')


def test_an_error_caught_inside_an_aborted_transaction(database: Database, tmp_path: Path) -> None:
    write_revision(tmp_path, "aaa111", None, "users", up=USERS)
    caught = (
        "op.execute('CREATE TABLE orders (id INTEGER)')\n"
        "    try:\n        op.execute('ALTER TABLE nowhere ADD COLUMN x INTEGER')\n"
        "    except Exception:\n        pass"
    )
    write_revision(tmp_path, "bbb222", "aaa111", "orders", up=caught)
    result = limbeck("upgrade", "--json")
    assert result.status == 5
    assert result.document["failed"]["revision"] == "bbb222"
    assert result.document["current"] == ["aaa111"] == list(database.versions())
    assert "orders" not in database.tables()


def test_an_upgrade_that_is_empty_is_recorded_and_nothing_else(database: Database, tmp_path: Path) -> None:
    write_revision(tmp_path, "aaa111", None, "users", up=USERS)
    assert limbeck("upgrade").status == 0
    before = read_state(database)
    write_revision(tmp_path, "bbb222", "aaa111", "nothing")
    result = limbeck("upgrade", "--json")
    assert (result.status, result.document["current"]) == (0, ["bbb222"])
    after = read_state(database)
    assert after.schema == before.schema
    assert before.differences(after) == ["- alembic_version: aaa111", "+ alembic_version: bbb222"]


def test_four_parallel_upgrades_of_which_none_fails(postgres_server: Server, tmp_path: Path) -> None:
    from tests.faults.chain import parallel_chain, write_chain

    system = PostgreSQL(postgres_server)
    chain = write_chain(tmp_path, parallel_chain(system.name))
    with system.database() as database:
        chain.prepare(database)
        running = [upgrade(LIMBECK, tmp_path, database.url) for _ in range(4)]
        ended = [process.ended() for process in running]
        assert [one.status for one in ended] == [0, 0, 0, 0], [one.reason for one in ended]
        assert sorted(database.rows("SELECT revision FROM ran")) == [(revision,) for revision in chain.ids]

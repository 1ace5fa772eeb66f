"""What a way back destroys is said and wants a yes; what cannot be gone back is refused before the first step."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from limbeck.cli import consent
from limbeck.cli.session import Session
from limbeck.model.preflight import Surveyed
from tests.cli.command import Outcome, limbeck
from tests.cli.projects import write_revision, write_table
from tests.run.preflight.databases import Database

TABLES = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(50), state VARCHAR(9) DEFAULT 'new')",
    "INSERT INTO users VALUES (1, NULL, 'new'), (2, 'a', 'new'), (3, 'b', 'old')",
    "CREATE TABLE hollow (id INTEGER PRIMARY KEY)",
)


def back(database: Database, down: str, *words: str, up: str = "pass") -> Outcome:
    """`limbeck downgrade -1 WORDS` over a revision that undoes itself so."""
    write_revision(database.folder, "bbb222", "aaa111", "change", up=up, down_code=down)
    assert limbeck("stamp", "bbb222", "-q").status == 0
    return limbeck("downgrade", "-1", *words)


# What the way back does on `users`, and what is said of it.
LOSSES = [
    ('op.drop_table("users")', "bbb222 line 22: table users, 3 rows"),
    ('op.drop_column("users", "email")', "column users.email, 2 rows where something is"),
    ('op.drop_column("users", "state")', "column users.state, 1 row where something is"),
    ('op.execute("DELETE FROM users WHERE id > 1")', "2 rows of users"),
    ('op.execute("ALTER TABLE users RENAME TO people")\n    op.execute("DROP TABLE people")', "table users, 3 rows"),
    ('op.execute("DROP TABLE hollow")\n    op.execute("DROP TABLE users")', "table hollow, no rows"),
]


@pytest.mark.parametrize(("down", "said"), LOSSES)
def test_what_is_destroyed_is_said_and_wants_a_yes(database: Database, down: str, said: str) -> None:
    database.begin(*TABLES)
    refused = back(database, down)
    assert refused.status == 2
    assert said in refused.err
    assert "hint: limbeck downgrade -1 --yes" in refused.err
    assert database.execute("SELECT count(*) FROM users") == [(3,)]
    assert limbeck("current", "--json").document["current"] == ["bbb222"], "nothing was run"
    done = limbeck("downgrade", "-1", "--yes")
    assert done.status == 0, done.err
    assert said in done.err


@pytest.mark.parametrize(
    "down",
    [
        'op.drop_table("hollow")',
        'op.create_index("i", "users", ["email"])',
        'op.create_table("new", sa.Column("id", sa.Integer()))\n    op.drop_table("new")',
        'op.add_column("users", sa.Column("x", sa.Integer()))\n    op.drop_column("users", "x")',
        'op.execute("UPDATE users SET email = NULL")',
    ],
)
def test_what_destroys_no_row_needs_no_question(database: Database, down: str) -> None:
    database.begin(*TABLES)
    done = back(database, down)
    assert done.status == 0, done.err


def test_to_base_always_wants_a_yes(database: Database) -> None:
    create = 'op.create_table("empty", sa.Column("id", sa.Integer()))'
    write_revision(database.folder, "aaa111", None, "tables", up=create, down_code='op.drop_table("empty")')
    assert limbeck("upgrade", "-q").status == 0
    refused = limbeck("downgrade", "base")
    assert refused.status == 2
    assert "table empty, no rows" in refused.err
    assert "hint: limbeck downgrade base --yes" in refused.err
    assert limbeck("downgrade", "base", "--yes").status == 0
    assert limbeck("downgrade", "base").status == 0, "nothing to do"


def test_what_nobody_can_tell_beforehand_wants_a_yes_where_there_are_rows(database: Database) -> None:
    database.begin(*TABLES)
    refused = back(database, 'for row in op.get_bind().execute(sa.text("SELECT 1")):\n        pass')
    assert refused.status == 2
    assert "and what nobody can tell beforehand: bbb222 (it reads what the database answers)" in refused.err
    database.execute("DELETE FROM users")
    assert limbeck("downgrade", "-1").status == 0, "there is nothing to destroy"


def test_limbecks_own_tables_are_no_rows(postgresql: Database) -> None:
    with (postgresql.folder / "alembic.ini").open("a") as ini:
        ini.write("\n[limbeck]\njournal = runs\n")
    read = 'for row in op.get_bind().execute(sa.text("SELECT 1")):\n        pass'
    write_revision(postgresql.folder, "bbb222", "aaa111", "change", down_code=read)
    assert limbeck("upgrade", "-q").status == 0
    assert postgresql.execute("SELECT count(*) > 0 FROM runs") == [(True,)]
    assert limbeck("downgrade", "-1").status == 0


def test_what_was_not_looked_at_wants_a_yes(database: Database) -> None:
    database.begin(*TABLES)
    refused = back(database, "pass", "--no-preflight")
    assert (refused.status, "the rows were not looked at" in refused.err) == (2, True)
    assert limbeck("downgrade", "-1", "--no-preflight", "--yes").status == 0


def test_a_batch_on_sqlite(sqlite: Database) -> None:
    sqlite.begin(*TABLES)
    refused = back(sqlite, 'with op.batch_alter_table("users") as batch:\n        batch.drop_column("email")')
    assert "column users.email, 2 rows where something is" in refused.err


IMPOSSIBLE = [
    ('raise NotImplementedError("no way back")', "downgrade() raises NotImplementedError('no way back')"),
    ('"""Never."""\n    raise RuntimeError("x")', "downgrade() raises RuntimeError('x')"),
]


@pytest.mark.parametrize(("down", "said"), IMPOSSIBLE)
def test_a_way_back_that_is_none(sqlite: Database, down: str, said: str) -> None:
    sqlite.begin(*TABLES)
    write_revision(sqlite.folder, "bbb222", "aaa111", "change", up="pass", down_code=down)
    write_table(sqlite.folder, "ccc333", "bbb222", "late")
    assert limbeck("upgrade", "-q").status == 0
    plan = limbeck("plan", "--downgrade", "aaa111", "--json")
    assert plan.document["impossible"] == [{"revision": "bbb222", "reason": said, "refused": True}]
    assert said in limbeck("plan", "--downgrade", "aaa111").out
    refused = limbeck("downgrade", "aaa111", "--yes")
    assert refused.status == 2
    assert said in refused.err
    assert "hint: limbeck downgrade bbb222 stops before it" in refused.err
    assert limbeck("current", "--json").document["current"] == ["ccc333"], "nothing was run"
    assert limbeck("downgrade", "bbb222", "--yes").status == 0


def test_a_way_back_that_leaves_what_was_done(sqlite: Database) -> None:
    sqlite.begin(*TABLES)
    done = back(sqlite, "pass", up='op.create_table("new", sa.Column("id", sa.Integer()))')
    assert done.status == 0
    assert "nothing by bbb222: downgrade() does nothing, and upgrade() does" in done.err


def test_the_plan_tells_what_goes(database: Database) -> None:
    database.begin(*TABLES)
    write_revision(database.folder, "bbb222", "aaa111", "change", down_code='op.drop_table("users")')
    assert limbeck("stamp", "bbb222", "-q").status == 0
    (goes,) = limbeck("plan", "--downgrade", "--json").document["destroys"]
    assert (goes["what"], goes["table"], goes["rows"], goes["line"]) == ("table", "users", 3, 22)
    assert "bbb222 line 22: table users, 3 rows" in limbeck("plan", "--downgrade").out
    assert limbeck("upgrade").status == 0


def test_a_database_that_moves_between_the_question_and_the_run(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgresql.begin(*TABLES)
    write_revision(postgresql.folder, "bbb222", "aaa111", "change", down_code='op.drop_table("hollow")')
    write_revision(postgresql.folder, "ccc333", "bbb222", "change", down_code='op.drop_table("hollow")')
    assert limbeck("stamp", "ccc333", "-q").status == 0
    ask = consent.wanted

    def slowly(session: Session, target: str, surveyed: Sequence[Surveyed]) -> None:
        ask(session, target, surveyed)
        postgresql.execute("UPDATE alembic_version SET version_num = 'bbb222'")

    monkeypatch.setattr(consent, "wanted", slowly)
    refused = limbeck("downgrade", "-1")
    assert refused.status == 4, refused.err
    assert "the database is at bbb222, and was elsewhere a moment ago; nothing was run" in refused.err


def answered(folder: Path, answer: str, *words: str) -> tuple[int, str]:
    """Exit status and output of a command on a terminal on which somebody types."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "limbeck", *words], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    sent = b""
    while b"to go on: " not in sent:
        sent += os.read(ours, 4096)
    os.write(ours, f"{answer}\n".encode())
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:
            break
        if not chunk:
            break
        sent += chunk
    os.close(ours)
    return process.wait(), sent.decode()


@pytest.mark.parametrize(("answer", "status"), [("yes", 0), ("YES", 0), ("y", 2), ("no", 2), ("", 2)])
def test_the_question_on_a_terminal(sqlite: Database, answer: str, status: int) -> None:
    sqlite.begin(*TABLES)
    write_revision(sqlite.folder, "bbb222", "aaa111", "change", down_code='op.drop_table("users")')
    assert limbeck("stamp", "bbb222", "-q").status == 0
    found, sent = answered(sqlite.folder, answer, "downgrade", "-1", "-q")
    assert found == status, sent
    assert "table users, 3 rows" in sent
    assert limbeck("current", "--json").document["current"] == (["aaa111"] if status == 0 else ["bbb222"])

"""The commands: what each says and how it ends, from server/ and from any other folder."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, text

import kronos.database
from kronos.address import describe
from kronos.chain import current, row_counts
from limbeck.scratch import Server

HEAD = "4c1e9a7f52d8"
Command = Callable[..., Any]
LOSS = f"would undo {HEAD}  create users table\nthis destroys data; the tables hold now:\n  users: 1 row\n"


@pytest.fixture
def place(database_url: str) -> str:
    """The first line of every script: the database it works on."""
    return describe(make_url(database_url)) + "\n"


@pytest.fixture
def one_user(migrated: Connection) -> Connection:
    """A database at head with one user in it."""
    with migrated.begin():
        migrated.execute(text("INSERT INTO users (email) VALUES ('ada@example.org')"))
    return migrated


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """The two ends of a pseudo-terminal: the keyboard's, and the one a program reads."""
    keyboard, screen = pty.openpty()
    yield keyboard, screen
    os.close(keyboard)
    os.close(screen)


def test_init_db_initialises_and_says_so_when_it_has_nothing_to_do(
    run: Command, place: str, connection: Connection
) -> None:
    first, second = run("init_db.py"), run("init_db.py")
    assert (first.code, first.err) == (0, "")
    assert first.out == f"{place}applied {HEAD}  create users table\ninitialised: now at {HEAD}\n"
    assert (second.code, second.err) == (0, "")
    assert second.out == f"{place}already initialised: nothing to do, at {HEAD}\n"
    assert row_counts(connection) == (("users", 0),)


def test_every_script_runs_from_any_folder(run: Command, server: Path, tmp_path: Path, connection: Connection) -> None:
    assert run(str(server / "init_db.py"), cwd=tmp_path).code == 0
    assert current(connection) == (HEAD,)
    assert run(str(server / "run_migrations.py"), "--downgrade", "--yes", cwd=tmp_path).code == 0
    assert current(connection) == ()
    assert list(tmp_path.iterdir()) == []


def test_plain_alembic_does_the_same(run: Command, connection: Connection) -> None:
    for arguments, there in (("upgrade head", (HEAD,)), ("check", (HEAD,)), ("downgrade base", ())):
        done = run("-m", "alembic", *arguments.split())
        assert done.code == 0, done.err
        assert current(connection) == there
        if arguments == "check":
            assert done.out == "No new upgrade operations detected.\n"


def test_the_next_revision_is_named_by_the_convention_and_run(
    run: Command, server: Path, tmp_path: Path, migrated: Connection
) -> None:
    copy = tmp_path / "a copy"
    shutil.copytree(server, copy)
    done = run(
        "-m", "alembic", "revision", "--autogenerate", "-m", "add nickname", "--rev-id", "0b1c2d3e4f50", cwd=copy
    )
    assert done.code == 0, done.err
    (path,) = copy.glob("migrations/versions/*_add_nickname.py")
    assert re.fullmatch(r"\d{4}_\d\d_\d\d_\d{4}_0b1c2d3e4f50_add_nickname\.py", path.name)
    assert path.read_text().count("pass") == 2  # the models have nothing that the database has not
    up = run(str(copy / "run_migrations.py"), "--upgrade")
    assert up.out.endswith("applied 0b1c2d3e4f50  add nickname\nnow at 0b1c2d3e4f50\n"), up.err
    down = run(str(copy / "run_migrations.py"), "--downgrade", "--revision", HEAD, "--yes")
    assert down.out.endswith(f"undone 0b1c2d3e4f50  add nickname\nnow at {HEAD}\n"), down.err
    assert row_counts(migrated) == (("users", 0),)


def test_run_migrations_goes_up_and_down(call: Command, place: str) -> None:
    up, again = call("run_migrations", "--upgrade"), call("run_migrations", "--upgrade")
    assert (up.code, up.err) == (0, "")
    assert up.out == f"{place}applied {HEAD}  create users table\nnow at {HEAD}\n"
    assert (again.code, again.out) == (0, f"{place}nothing to do: already at {HEAD}\n")
    down, again = call("run_migrations", "--downgrade", "--yes"), call("run_migrations", "--downgrade")
    assert (down.code, down.err) == (0, "")
    assert down.out == (place + LOSS.replace("1 row", "0 rows") + f"undone {HEAD}  create users table\nnow at base\n")
    assert (again.code, again.out) == (0, f"{place}nothing to do: already at base\n")


@pytest.mark.parametrize("arguments", [(), ("--revision", "head"), ("--yes",)])
def test_no_direction_is_help_and_a_refusal(call: Command, arguments: tuple[str, ...], connection: Connection) -> None:
    outcome = call("run_migrations", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("usage: ")
    assert "--upgrade " in outcome.err
    assert current(connection) == ()


def test_both_directions_are_refused(call: Command, connection: Connection) -> None:
    outcome = call("run_migrations", "--upgrade", "--downgrade", "--yes")
    assert (outcome.code, outcome.out) == (2, "")
    assert "argument --downgrade: not allowed with argument --upgrade" in outcome.err
    assert current(connection) == ()


@pytest.mark.parametrize("target", ["head", HEAD, HEAD[:4], "+1"])
def test_upgrade_takes_a_revision(call: Command, connection: Connection, target: str) -> None:
    assert call("run_migrations", "--upgrade", "--revision", target).code == 0
    assert current(connection) == (HEAD,)


@pytest.mark.parametrize(("target", "there"), [("base", ()), ("-1", ()), (HEAD, (HEAD,))])
def test_downgrade_takes_a_revision(call: Command, migrated: Connection, target: str, there: tuple[str, ...]) -> None:
    assert call("run_migrations", "--downgrade", "--revision", target, "--yes").code == 0
    assert current(migrated) == there


def test_an_unknown_revision_is_refused(call: Command, place: str, server: Path) -> None:
    hint = f"hint: python -m alembic -c {server / 'alembic.ini'} history\n"
    up = call("run_migrations", "--upgrade", "--revision", "nope")
    assert (up.code, up.out) == (2, place)
    assert up.err == f"error: cannot go to revision 'nope': Can't locate revision identified by 'nope'\n{hint}"
    down = call("run_migrations", "--downgrade", "--revision", "nope", "--yes")
    assert (down.code, down.out) == (2, place)
    assert down.err == f"error: no downgrade leads from base to 'nope'\n{hint}"


def test_without_a_terminal_a_downgrade_wants_yes(run: Command, one_user: Connection, place: str) -> None:
    refused = run("run_migrations.py", "--downgrade")
    assert (refused.code, refused.out) == (2, place + LOSS)
    assert refused.err == "error: a downgrade destroys data, and there is no terminal to ask on\nhint: add --yes\n"
    assert row_counts(one_user) == (("users", 1),)


@pytest.mark.parametrize(
    ("typed", "agreed"), [("yes\n", True), ("Y\n", True), ("no\n", False), ("\n", False), ("\x04", False)]
)
def test_on_a_terminal_a_downgrade_asks(
    call: Command,
    one_user: Connection,
    place: str,
    terminal: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    agreed: bool,
) -> None:
    keyboard, screen = terminal
    os.write(keyboard, typed.encode())
    with open(screen, closefd=False) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        outcome = call("run_migrations", "--downgrade")
    question = f"{place}{LOSS}go on? [y/N] "
    if agreed:
        assert (outcome.code, row_counts(one_user)) == (0, ())
        assert outcome.out == f"{question}undone {HEAD}  create users table\nnow at base\n"
    else:
        assert (outcome.code, row_counts(one_user)) == (1, (("users", 1),))
        assert outcome.out == f"{question}nothing was done: still at {HEAD}\n"


def test_an_interrupt_at_the_question_destroys_nothing(
    start: Callable[..., Popen[str]], one_user: Connection, terminal: tuple[int, int]
) -> None:
    with start("run_migrations.py", "--downgrade", stdin=terminal[1]) as process:
        assert process.stdout is not None
        said = ""
        while not said.endswith("go on? [y/N] "):
            character = process.stdout.read(1)
            assert character, said
            said += character
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "interrupted\n")
    assert row_counts(one_user) == (("users", 1),)


@pytest.mark.parametrize("script", [("init_db",), ("run_migrations", "--upgrade")])
def test_a_failed_migration_is_a_failure_and_never_create_all(
    call: Command, connection: Connection, script: tuple[str, ...], place: str
) -> None:
    with connection.begin():
        connection.execute(text("CREATE TABLE users (nickname varchar(20))"))
    outcome = call(*script)
    assert (outcome.code, outcome.out) == (5, place)
    assert outcome.err == 'error: the migration failed and was rolled back: relation "users" already exists\n'
    assert list(
        connection.scalars(text("SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0"))
    ) == ["nickname"]


def test_a_mistake_in_a_migration_is_a_failure_and_undoes_the_others(
    run: Command, server: Path, tmp_path: Path, connection: Connection
) -> None:
    copy = tmp_path / "server"
    shutil.copytree(server, copy)
    mistake = f"revision = '0b1c2d3e4f50'\ndown_revision = '{HEAD}'\ndef upgrade() -> None:\n    1 / 0\n"
    (copy / "migrations" / "versions" / "mistake.py").write_text(mistake)
    outcome = run("init_db.py", cwd=copy)
    assert outcome.code == 70
    assert outcome.err.startswith("Traceback ")
    assert outcome.err.endswith("\nZeroDivisionError: division by zero\n")
    assert current(connection) == ()
    assert row_counts(connection) == ()


def test_a_server_without_gen_random_uuid_is_refused(
    call: Command, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kronos.database, "OLDEST_SERVER", 99)
    outcome = call("init_db")
    assert outcome.code == 2
    assert outcome.err.startswith("error: the server is too old: PostgreSQL 1")
    assert outcome.err.endswith("and gen_random_uuid() needs 99 or newer\n")
    assert row_counts(connection) == ()


@pytest.mark.majors
def test_every_major_since_13_is_served_and_12_is_refused(
    call: Command, major_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", major_server.url())
    up = call("init_db")
    if major_server.version >= (13,):
        assert (up.code, up.err) == (0, "")
        assert call("run_migrations", "--downgrade", "--yes").out.endswith("now at base\n")
        assert call("run_migrations", "--upgrade").out.endswith(f"now at {HEAD}\n")
    else:
        assert (up.code, up.out) == (2, "")
        assert re.search(r"too old: PostgreSQL 12\.\d+, and gen_random_uuid\(\) needs 13 or newer$", up.err)


@pytest.mark.parametrize("script", ["init_db", "run_migrations"])
def test_help_needs_no_database(call: Command, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nowhere.invalid/nothing")
    outcome = call(script, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("usage: ")

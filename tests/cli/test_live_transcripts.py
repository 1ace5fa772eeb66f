"""Golden transcripts of runs that somebody else meets: a session that holds a lock, another run, Ctrl-C.

The chain is three revisions of which the first is applied; a shop's session has read `users` and left its transaction
open, and the second revision changes that table.  The process is a real one; what is done to it is done when it has said
what the test waits for, so no transcript depends on how fast the machine is.  Numbers of processes, times and the
machine's name are put in order.  LIMBECK_UPDATE_GOLDEN=1 writes the files anew.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from tests.cli.projects import line, write_revision

FOLDER = Path(__file__).parent / "live"
PATIENT = "lock_timeout = 10min\nlock_wait = 20min\n"  # its first try outlasts whatever the test does
SHORT = "lock_timeout = 16s\nlock_wait = 2s\n"  # its first try takes 2 s, and there is no other

Shop = Connection


@pytest.fixture
def folder(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    line(tmp_path, database_url)
    write_revision(tmp_path, "bbb222", "aaa111", "create orders", up='op.execute("ALTER TABLE users ADD phone text")')
    with started(tmp_path, "upgrade", "aaa111") as process:
        assert process.communicate()[0].endswith("database is at aaa111 (#1 of 3)\n")
    return tmp_path


@pytest.fixture
def shop(folder: Path, database_url: str) -> Iterator[Shop]:
    """It has read a user, and forgotten its transaction."""
    engine = create_engine(database_url, connect_args={"application_name": "shop"})
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT id FROM users WHERE id = 7")
        yield connection
    engine.dispose()


@contextmanager
def started(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A process, both of its streams in one."""
    command = [sys.executable, "-m", "limbeck", *words]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        command,
        cwd=folder,
        env=buffered,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def settings(folder: Path, text: str) -> None:
    ini = folder / "alembic.ini"
    ini.write_text(f"{ini.read_text()}\n[limbeck]\n{text}")


def heard(process: subprocess.Popen[str], words: str) -> str:
    """What it has said when it has said these words."""
    assert process.stdout is not None
    said = ""
    for row in process.stdout:
        said += row
        if words in row:
            return said
    pytest.fail(f"it ended without a word of {words!r}:\n{said}")


def ended(process: subprocess.Popen[str], said: str, url: str) -> str:
    """All that it said, with its exit status, as on any day and any machine."""
    assert process.stdout is not None
    said += process.stdout.read()
    status = process.wait()
    said = re.sub(r"pid \d+", "pid 4711", said.replace(url, "$DATABASE"))
    said = re.sub(r"process \d+ on [^,]+", "process 4711 on web-1", said)
    said = re.sub(r"since \d\d:\d\d:\d\d", "since 06:07:08", said)
    said = re.sub(r"tried \d+ times?", "tried once", said)
    return f"{re.sub(r'[0-9.]+ s', '0.50 s', said)}[{status}]\n"


def compare(name: str, *runs: tuple[str, str]) -> None:
    """Each command that was typed, with what it said, against the file."""
    played = "\n".join(f"$ {command}\n{said}" for command, said in runs)
    path = FOLDER / f"{name}.txt"
    golden = path.read_text(encoding="utf-8") if path.exists() else ""
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1":
        path.write_text(played, encoding="utf-8")
    assert played == golden


def test_a_lock_that_is_let_go(folder: Path, shop: Shop, database_url: str) -> None:
    settings(folder, PATIENT)
    with started(folder, "upgrade") as process:
        said = heard(process, "waiting for a lock")
        shop.rollback()
        compare("a_lock_that_is_let_go", ("limbeck upgrade", ended(process, said, database_url)))


def test_a_lock_that_is_held(folder: Path, shop: Shop, database_url: str) -> None:
    settings(folder, SHORT)
    with started(folder, "upgrade") as process:
        compare("a_lock_that_is_held", ("limbeck upgrade", ended(process, "", database_url)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(folder: Path, shop: Shop, database_url: str, number: signal.Signals) -> None:
    settings(folder, PATIENT)
    with started(folder, "upgrade") as process:
        said = heard(process, "waiting for a lock")
        process.send_signal(number)
        said = ended(process, said, database_url)
    shop.rollback()
    with started(folder, "current") as after:
        compare("interrupted", ("limbeck upgrade", said), ("limbeck current", ended(after, "", database_url)))


def test_another_run(folder: Path, shop: Shop, database_url: str) -> None:
    settings(folder, PATIENT)
    with started(folder, "upgrade") as first:
        before = heard(first, "waiting for a lock")
        with started(folder, "upgrade", "--no-wait") as second, started(folder, "upgrade") as third:
            refused = ended(second, "", database_url)
            waits = heard(third, "waiting for another run")
            shop.rollback()
            done = ended(first, before, database_url)
            waited = ended(third, waits, database_url)
    typed = ("limbeck upgrade", "limbeck upgrade --no-wait", "limbeck upgrade")
    compare("another_run", *zip(typed, (done, refused, waited), strict=True))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_each_is_played(path: Path) -> None:
    assert f"def test_{path.stem}(" in Path(__file__).read_text(encoding="utf-8")

"""Two runs on one database, each on its own connection, on every kind of database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import Outcome, limbeck
from tests.cli.projects import line, write_project, write_revision

# The first revision of a run signs in, and goes on when it may.
HOLD = """\
import time
    from pathlib import Path
    Path("under-way").touch()
    until = time.monotonic() + 60
    while not Path("go-on").exists() and time.monotonic() < until:
        time.sleep(0.01)
    op.create_table("once", sa.Column("id", sa.Integer()))
"""


@pytest.fixture(
    params=["postgresql", "sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)],
)
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose only revision waits for leave to go on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    fixture = {"postgresql": "database_url", "mariadb": "mariadb_url"}.get(request.param)
    url = request.getfixturevalue(fixture) if fixture else f"sqlite:///{tmp_path}/app.db"
    write_project(tmp_path, url)
    write_revision(tmp_path, "aaa111", None, "hold", up=HOLD)
    return tmp_path


@pytest.fixture
def first(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A run under way in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "limbeck", "upgrade"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while not (folder / "under-way").exists():
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.01)  # between two looks; bounded by the end of the run
    with process:
        yield process
        process.kill()


def test_at_once(folder: Path, first: subprocess.Popen[str]) -> None:
    result = limbeck("upgrade", "--no-wait", "--json")
    assert result.status == 4
    assert result.document["error"]["message"].startswith("another run is under way: ")
    result = limbeck("upgrade", "--wait", "100ms")
    assert result.status == 4
    assert "waiting for another run to end, 0.10 s at most: " in result.err
    assert limbeck("current").status == 0  # asking needs no lock


def test_who_is_waited_for(folder: Path, first: subprocess.Popen[str]) -> None:
    told = limbeck("upgrade", "--no-wait").err
    host = re.escape(os.uname().nodename[:20])
    assert re.search(rf"process {first.pid} on {host}, since \d\d:\d\d:\d\d UTC, runs aaa111 \(1 of 1\)", told)
    assert "; the database is at base" in told


def test_who_is_waited_for_without_a_journal(folder: Path, first: subprocess.Popen[str]) -> None:
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("[limbeck]\njournal = off\n")
    told = limbeck("upgrade", "--no-wait").err
    alone = "mysql" in (folder / "alembic.ini").read_text()  # whose server knows no more than an address
    assert ("a process on localhost" if alone else f"process {first.pid} on ") in told
    assert "; the database is at base" in told
    assert "runs" not in told


def test_nothing_is_left_to_do(folder: Path, first: subprocess.Popen[str]) -> None:
    outcomes: list[Outcome] = []
    second = threading.Thread(target=lambda: outcomes.append(limbeck("upgrade")))
    second.start()
    (folder / "go-on").touch()
    out, _ = first.communicate()
    second.join()
    assert first.returncode == 0, out
    assert (outcomes[0].status, outcomes[0].out.splitlines()[0]) == (0, "nothing to do")
    assert not list(folder.glob("*-limbeck-lock"))


def test_a_killed_run_holds_nothing(folder: Path, first: subprocess.Popen[str]) -> None:
    first.kill()
    first.wait()
    (folder / "go-on").touch()
    assert limbeck("upgrade", "--wait", "30s").status == 0


def test_stamp_waits_too(folder: Path, first: subprocess.Popen[str]) -> None:
    result = limbeck("stamp", "head", "--no-wait")
    assert result.status == 4


def test_version_tables_of_their_own_do_not_wait_for_each_other(
    folder: Path, first: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = folder / "other"
    other.mkdir()
    url = re.search(r"sqlalchemy.url = (.+)", (folder / "alembic.ini").read_text())
    assert url is not None
    line(other, url[1].replace("%%", "%"))
    env_py = other / "migrations" / "env.py"
    env_py.write_text(
        env_py.read_text().replace("connection=connection", "connection=connection, version_table='other'")
    )
    monkeypatch.chdir(other)
    alone = "sqlite" in url[1]  # which has one writer at a time, whatever it writes
    assert limbeck("upgrade", "--no-wait").status == (4 if alone else 0)


def test_a_time_that_is_none(folder: Path) -> None:
    result = limbeck("upgrade", "--wait", "soon")
    assert (result.status, "--wait is not a length of time" in result.err) == (2, True)

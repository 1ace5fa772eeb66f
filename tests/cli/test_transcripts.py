"""Golden transcripts: what is typed, every line that comes back, the exit status.

A transcript names its project in its first line, then holds commands and their whole output, standard error included:

    project: line
    $ limbeck heads
    ccc333
    [0]

`limbeck` runs in this process, as one of web-1, with a clock that moves half a second at each look; anything else runs in
a shell.  What differs from machine to machine (the project's folder, the address of its database, the version of
Alembic) is written `$PROJECT`, `$DATABASE` and `$ALEMBIC`.
LIMBECK_UPDATE_GOLDEN=1 writes the files anew.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import sqlite_version

import alembic
import pytest

from limbeck.cli import main
from limbeck.model.process import Process
from limbeck.verify.schema.scratch_mysql import ScratchMySQL
from tests.cli.projects import PROJECTS
from tests.cli.run_projects import RUN_PROJECTS

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))
PLAYED = [
    pytest.param(path, marks=pytest.mark.mariadb if path.stem.endswith("_mariadb") else ()) for path in TRANSCRIPTS
]


def ticking() -> Iterator[float]:
    """Half a second later at every look."""
    return itertools.count(0.0, 0.5)


def on_web_1() -> Process:
    """A process that begins on a day in 2025, looks at its watch once a second, and numbers its runs."""
    seconds, quarters, runs = itertools.count(), itertools.count(0.0, 0.25), itertools.count(1)
    return Process(
        user="deploy",
        host="web-1",
        pid=4711,
        now=lambda: datetime(2025, 1, 5, 6, 7, 8, tzinfo=UTC) + timedelta(seconds=next(seconds)),
        clock=lambda: next(quarters),
        new_id=lambda: f"{next(runs):012x}",
    )


def run_limbeck(words: list[str], process: Process) -> str:
    """What one command prints, both streams in the order of writing, and its exit status."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    moments = ticking()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = main(words, clock=lambda: next(moments), process=process)
    out.flush()
    assert isinstance(out.buffer, io.BytesIO)
    return f"{out.buffer.getvalue().decode()}[{status}]\n"


def run_other(line: str) -> str:
    """What a shell prints for the line."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        line, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PATH": path}
    )
    return f"{done.stdout}[{done.returncode}]\n"


def play(commands: list[str], replacements: dict[str, str]) -> str:
    """Run the commands one after the other; the transcript's text."""
    lines = []
    process = on_web_1()
    for command in commands:
        words = shlex.split(command)
        output = run_limbeck(words[1:], process) if words[0] == "limbeck" else run_other(command)
        for value, name in replacements.items():
            output = output.replace(value, name)
        for before in ("Alembic ", '"alembic": "'):
            output = output.replace(f"{before}{alembic.__version__}", f"{before}$ALEMBIC")
        lines.append(f"$ {command}\n{output}")
    return "\n".join(lines)


@pytest.mark.parametrize("transcript", PLAYED, ids=lambda path: path.stem)
def test_transcript(
    transcript: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    text = transcript.read_text(encoding="utf-8")
    header, _, body = text.partition("\n")
    name, _, database = header.removeprefix("project: ").partition(" on ")
    projects = {**PROJECTS, **RUN_PROJECTS}
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    replacements = {str(folder): "$PROJECT", str(tmp_path): "$HOME", f"SQLite {sqlite_version}": "SQLite $VERSION"}
    if database == "postgresql":
        url = request.getfixturevalue("database_url")
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("LIMBECK_SCRATCH", url)
        version = ".".join(str(part) for part in request.getfixturevalue("postgres_server").version)
        replacements = {url: "$DATABASE", f"PostgreSQL {version}": "PostgreSQL $VERSION", **replacements}
        projects[name](folder, url)
    elif database == "mariadb":
        url = request.getfixturevalue("mariadb_url")
        monkeypatch.setenv("LIMBECK_SCRATCH", url)
        version = ScratchMySQL(url).version
        replacements = {url: "$DATABASE", f"MariaDB {version}": "MariaDB $VERSION", version: "$VERSION", **replacements}
        projects[name](folder, url)
    else:
        projects[name](folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")
    # Python takes compiled code for that of a file which was changed in the same second and is as long as before.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    commands = [line[2:] for line in body.splitlines() if line.startswith("$ ")]
    played = f"{header}\n{play(commands, replacements)}"
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1":
        transcript.write_text(played, encoding="utf-8")
    assert played == text


def test_there_are_transcripts_of_every_command() -> None:
    from limbeck.cli.commands import COMMANDS

    typed = {
        line.split()[2]
        for transcript in TRANSCRIPTS
        for line in transcript.read_text(encoding="utf-8").splitlines()
        if line.startswith("$ limbeck ")
    }
    assert set(COMMANDS) - {"demo"} <= typed, "demo starts a server and is tested in test_demo.py"

"""Golden transcripts of a connection that is lost at a COMMIT: what is typed, every line that comes back, the exit status.

A transcript begins with the revision at whose COMMIT the network is cut, and on which side of it.
LIMBECK_UPDATE_GOLDEN=1 writes the files anew.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from limbeck.cli import main
from limbeck.run import course
from tests.cli.projects import line
from tests.docs.pages import DOCS
from tests.faults.cut import through
from tests.faults.database import Database, PostgreSQL
from tests.faults.proxy import Cut, Proxy, proxy
from tests.faults.wire import PostgreSQLConversation

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))
CUT = re.compile(r"cut: (?P<side>before|after) the COMMIT of (?P<revision>\w+)(?P<for_good>, for good)?")


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(transcript: Path, tmp_path: Path, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(course, "_AFTER_LOSS", 0.5)
    text = transcript.read_text(encoding="utf-8")
    header, command = text.splitlines()[:2]
    wanted = CUT.fullmatch(header)
    assert wanted is not None
    with network(postgresql, at=0, cut=Cut.BEFORE) as (_, whole, url):
        typed(tmp_path / "undisturbed", url, command, monkeypatch)
    moved = next(n for n, sql in enumerate(whole.statements) if wanted["revision"] in sql and "alembic_version" in sql)
    at = 1 + next(n for n, sql in enumerate(whole.statements) if n > moved and sql.endswith("COMMIT"))
    side = Cut[wanted["side"].upper()]
    with network(postgresql, at, side, for_good=wanted["for_good"] is not None) as (database, cut, url):
        played = f"{header}\n{typed(tmp_path / 'cut', url, command, monkeypatch)}"
        assert (cut.was_cut or "").endswith("COMMIT")
        there = wanted["revision"] in database.versions()
    assert there == (side is Cut.AFTER)
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1":
        transcript.write_text(played, encoding="utf-8")
    assert played == text


@contextmanager
def network(system: PostgreSQL, at: int, cut: Cut, *, for_good: bool = False) -> Iterator[tuple[Database, Proxy, str]]:
    """An empty database, and a network before it that is cut at that statement, with its address."""
    socket = system.server.folder / ".s.PGSQL.5432"
    with system.database() as database, proxy(socket, PostgreSQLConversation, at, cut, for_good=for_good) as it:
        yield database, it, through(database, it)


def typed(folder: Path, url: str, command: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a command prints in a project of three revisions behind that network, and its exit status."""
    folder.mkdir()
    line(folder, url)
    monkeypatch.chdir(folder)
    out = io.StringIO()
    moments = itertools.count(0.0, 0.5)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = main(shlex.split(command)[2:], clock=lambda: next(moments))
    words = re.sub(r"port \d+", "port 5432", out.getvalue().replace(url, "$DATABASE"))
    return f"{command}\n{words}[{status}]\n"


def test_the_page_shows_one() -> None:
    page = (DOCS / "transactions.md").read_text(encoding="utf-8")
    shown = (FOLDER / "an_answer_lost.txt").read_text(encoding="utf-8").partition("\n")[2]
    assert shown in page

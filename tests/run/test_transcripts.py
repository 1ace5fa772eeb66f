"""Golden transcripts of runs that meet a lock: what is typed, every line that comes back, the exit status.

A transcript begins with the statement that somebody else holds a lock with, and the words at which he lets it go: when
all of them were said.  The server's numbers of sessions and the times of real waits differ from run to run, and are
written `4711` and `0.50`; on a busy machine the first try may be over before anybody is seen in its way, so that this
is put first.  Everything else is compared.  LIMBECK_UPDATE_GOLDEN=1 writes the files anew.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from limbeck.cli import main
from tests.cli.projects import write_revision
from tests.docs.pages import DOCS
from tests.run.runs import somebody

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))
_OF_THE_MOMENT = (
    (re.compile(r"\bpid \d+"), "pid 4711"),
    (re.compile(r"(begun|at try \d+,|times in) \d+(\.\d\d)? s\b"), r"\1 0.50 s"),
    (re.compile(r"\bat try \d+\b"), "at try 3"),
    (re.compile(r"\btried \d+ times\b"), "tried 3 times"),
    (re.compile(r"(  a lock was not had .*\n)(  waiting for a lock: .*\n)"), r"\2\1"),
)


class Ears(io.StringIO):
    """A stream that does something when it has heard each of these words; written to by one thread at a time."""

    def __init__(self, words: set[str], then: Callable[[], object]) -> None:
        super().__init__()
        self._unheard = words
        self._then = then

    def write(self, text: str) -> int:
        heard = {word for word in self._unheard if word in text}
        self._unheard -= heard
        if heard and not self._unheard:
            self._then()
        return super().write(text)


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(transcript: Path, folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = transcript.read_text(encoding="utf-8")
    holds, lets_go, settings, command = text.splitlines()[:4]
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("[limbeck]\n" + settings.removeprefix("settings: ").replace(", ", "\n") + "\n")
    monkeypatch.setenv("COLUMNS", "80")
    write_revision(folder, "bbb222", "aaa111", "create orders", up='op.execute("ALTER TABLE users ADD name text")')
    moments = itertools.count(0.0, 0.5)
    with somebody(database_url) as other:
        other.exec_driver_sql(holds.removeprefix("holds: "))
        words = lets_go.removeprefix("lets go at: ")
        out = Ears(set(words.split(", ")) if words != "never" else set(), other.rollback)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = main(shlex.split(command)[2:], clock=lambda: next(moments))
    body = f"{command}\n{out.getvalue()}[{status}]\n".replace(database_url, "$DATABASE")
    for pattern, shown in _OF_THE_MOMENT:
        body = pattern.sub(shown, body)
    played = f"{holds}\n{lets_go}\n{settings}\n{body}"
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1":
        transcript.write_text(played, encoding="utf-8")
    assert played == text


def test_the_page_shows_them() -> None:
    page = (DOCS / "deploys.md").read_text(encoding="utf-8")
    for transcript in TRANSCRIPTS:
        shown = "\n".join(transcript.read_text(encoding="utf-8").splitlines()[3:])
        assert shown in page, transcript.name

"""limbeck on a terminal, interrupted, and with nobody listening."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from limbeck.cli.progress import Progress
from limbeck.model.plan import Direction, Step
from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line, write_revision
from tests.run.runs import UNTIL_LET, until_let

LIMBECK = [sys.executable, "-m", "limbeck"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


def on_terminal(
    *words: str, columns: int = 60, until: str = "", then: Callable[[], object] = lambda: None
) -> tuple[int, str]:
    """Exit status and everything that a terminal of that width is sent.

    Args:
        until: a pattern; when it has been shown, `then` is called, once.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    # Not the environment beneath `os.environ`, into which readline, where it is imported, writes a width of its own.
    process = subprocess.Popen([*LIMBECK, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=dict(os.environ))
    os.close(theirs)
    decoder = codecs.getincrementaldecoder("utf-8")()
    sent = ""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not chunk:
            break
        sent += decoder.decode(chunk)
        if until and re.search(until, sent):
            until = ""
            then()
    os.close(ours)
    return process.wait(), sent


def test_progress_is_one_line_that_changes(folder: Path) -> None:
    line(folder)
    status, sent = on_terminal("upgrade")
    assert status == 0
    drawn = re.findall(r"\r\x1b\[K([^\r\n]*…)", sent)
    assert len(drawn) == 3
    assert all(len(text) < 60 for text in drawn)
    left = [re.split(r"\r\x1b\[K", row)[-1] for row in sent.replace("\r\n", "\n").split("\n")]
    assert [row for row in left if re.match(r"  \d/3 ", row)] == [
        row for row in left if re.match(r"  \d/3 \S+  create \w+  \d+\.\d\d s$", row)
    ]
    assert not any(row.endswith("…") for row in left), "what runs is wiped when it has run"


def test_a_statement_that_takes_long_shows_its_time(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    write_revision(folder, "bbb222", "aaa111", "create orders", up=f"op.execute({UNTIL_LET!r})")
    shown = r"\r\x1b\[K  2/3 bbb222  create orders … \d+(\.\d\d)? s"
    with until_let(database_url) as let:
        status, sent = on_terminal("upgrade", until=shown, then=let)
    assert status == 0
    assert re.search(shown + r"\r\x1b\[K", sent), sent


def test_elsewhere_a_line_is_written_now_and_then() -> None:
    lines: list[str] = []
    moments = iter([0.0, 10.0, 31.0, 31.0, 40.0, 62.0, 62.0])
    session = SimpleNamespace(
        arguments=SimpleNamespace(quiet=False),
        note=lines.append,
        graph=SimpleNamespace(revisions={"aaa111": SimpleNamespace(message="create users")}),
    )
    progress = Progress(session, Direction.UPGRADE, clock=lambda: next(moments))  # type: ignore[arg-type]
    progress.started(Step("aaa111", Direction.UPGRADE), 1, 1)
    for text in ("10 s", "31 s", "40 s", "1 min 2 s"):
        progress.progress(text)
    assert lines == ["  1/1 aaa111  create users … 31 s", "  1/1 aaa111  create users … 1 min 2 s"]


def test_quiet_is_quiet(folder: Path) -> None:
    line(folder)
    assert on_terminal("upgrade", "-q") == (0, "")


def test_help_fits_the_terminal(folder: Path) -> None:
    for command in ("upgrade", "history", "rename"):
        status, sent = on_terminal(command, "--help", columns=60)
        assert status == 0
        assert max(map(len, sent.splitlines())) <= 60


def test_interrupted(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    write_revision(
        folder,
        "bbb222",
        "aaa111",
        "create orders",
        up='op.execute("CREATE TABLE orders (id int)")\n    op.execute("SELECT pg_sleep(600)")',
    )
    with subprocess.Popen([*LIMBECK, "upgrade"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "2 revisions" not in process.stderr.readline()
        assert "aaa111" in process.stderr.readline()
        _wait_for_sleep(database_url)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    done = subprocess.run([*LIMBECK, "current", "--json"], capture_output=True, text=True, check=True)
    assert '"aaa111"' in done.stdout
    assert '"pending": 2' in done.stdout


def _wait_for_sleep(url: str) -> None:
    """Until the server runs the statement that sleeps; asked of the server, with its own bound."""
    import psycopg

    query = """DO $$ BEGIN FOR i IN 1..3000 LOOP
        EXIT WHEN EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid <> pg_backend_pid());
        PERFORM pg_stat_clear_snapshot(); PERFORM pg_sleep(0.01); END LOOP; END $$"""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(query)


def test_nobody_listens(folder: Path) -> None:
    line(folder)
    done = subprocess.run(
        f"{sys.executable} -m limbeck history --json | head -c 1; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["history", "upgrade"])
def test_ascii_output(folder: Path, command: str) -> None:
    line(folder)
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    write_revision(folder, "ddd444", "ccc333", "größer")
    write_revision(folder, "eee555", "ccc333", "side")
    target = ["heads"] if command == "upgrade" else []
    done = subprocess.run([*LIMBECK, command, *target], capture_output=True, text=True, env=environ)
    assert done.returncode == 0, done.stderr
    assert (done.stdout + done.stderr).isascii()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_what_cannot_be_written_is_told(folder: Path) -> None:
    line(folder)
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with open("/dev/full", "w") as full:
        done = subprocess.run([*LIMBECK, "history"], stdout=full, stderr=subprocess.PIPE, text=True, env=buffered)
    assert (done.returncode, done.stderr) == (2, "limbeck: the output cannot be written: No space left on device\n")


def test_a_process_ends_at_once_with_all_its_output(folder: Path) -> None:
    line(folder)
    write_revision(folder, "ddd444", "nowhere", "an orphan")
    out, err = folder / "out", folder / "err"
    with out.open("w") as stdout, err.open("w") as stderr:
        status = subprocess.run([*LIMBECK, "history"], stdout=stdout, stderr=stderr).returncode
    here = limbeck("history")
    assert (status, out.read_text(), err.read_text()) == (3, here.out, here.err)
    assert "fault unknown-parent" in here.err


LEFT = {
    "a call at the end": "import atexit\natexit.register(open('left', 'w').write, 'done')\n",
    "a file that nobody closes": "import own\n",
    "a thread": "import threading\nthreading.Timer(0.01, lambda: open('left', 'w').write('done')).start()\n",
}
OWN = "left = open('left', 'w')\nleft.write('done')\n\n\ndef in_a_circle():\n    return left\n"


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.parametrize("words", [["current"], ["upgrade"]], ids=" ".join)
def test_what_the_project_leaves_for_the_end_is_done(folder: Path, left: str, words: list[str]) -> None:
    line(folder)
    (folder / "own.py").write_text(OWN)
    (folder / "migrations" / "env.py").write_text("import sys\nsys.path.insert(0, '.')\n" + LEFT[left] + ENV_PY)
    done = subprocess.run([*LIMBECK, *words], capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert (folder / "left").read_text() == "done"

"""Ctrl-C ends lint as it ends anything, and leaves no database on the scratch server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from limbeck.lint.scratch_server import name_for
from limbeck.scratch import Server
from tests.lint.projects import LintProject

DEADLINE = 60  # seconds
DOWN = "    op.drop_column('orders', 'x')"
ADDS = '    op.add_column("orders", sa.Column("x", sa.Text()))'


def left(project: LintProject, server: Server) -> list[str]:
    """The working databases of the project."""
    name = name_for([str(project.versions)])
    with psycopg.connect(server.url(), autocommit=True) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", (f"limbeck_{name}_working_%",)
        ).fetchall()
    return [str(row[0]) for row in found]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("way", ["upgrade", "downgrade"])
def test_an_interrupt_within_a_statement(
    way: str, number: signal.Signals, tmp_path: Path, postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    project, here = LintProject(tmp_path / "project"), tmp_path / "here"
    waits = f"    open({str(here)!r}, 'w').close()\n    op.execute('SELECT pg_sleep(600)')\n"
    up, down = (f"{waits if way == name else ''}{own}" for name, own in (("upgrade", ADDS), ("downgrade", DOWN)))
    project.add(f"def upgrade():\n{up}\n\ndef downgrade():\n{down}\n")
    monkeypatch.chdir(project.folder)
    monkeypatch.setenv("LIMBECK_SCRATCH", postgres_server.url())
    process = subprocess.Popen(
        [sys.executable, "-m", "limbeck", "lint", "--all"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    until = time.monotonic() + DEADLINE
    while not here.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
    assert left(project, postgres_server)
    process.send_signal(number)
    out, err = process.communicate(timeout=DEADLINE)
    # Where the signal came while Python executed a string, Python ends by it at last.
    assert process.returncode in (130, -signal.SIGINT), err
    assert out == ""
    assert "limbeck: interrupted" in err
    assert left(project, postgres_server) == []

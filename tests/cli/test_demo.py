"""The demonstration, as somebody sees it who has just installed limbeck."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

from tests.cli.command import limbeck


def test_demo() -> None:
    result = limbeck("demo")
    assert result.status == 0, result.err
    order = [
        "PostgreSQL 18",
        "$ limbeck upgrade fix_enum_name_2025",
        "current:  fix_enum_name_2025",
        "next:     social_login_prep_2025",
        "1/1 upgrade social_login_prep_2025",
        "ALTER TABLE users ALTER COLUMN email DROP NOT NULL",
        "upgraded 1 revision",
        "#15 of 15  social_login_prep_2025",
        "The server and its data are gone.",
    ]
    places = [result.out.index(words) for words in order]
    assert places == sorted(places)
    assert "14/14 fix_enum_name_2025" in result.err, "progress"
    folder = re.search(r"host=(\S+)", result.err)
    assert folder is not None
    assert subprocess.run(["pgrep", "-f", folder[1]], stdout=subprocess.DEVNULL).returncode == 1, "no server is left"


def test_demo_refuses_a_database_of_yours() -> None:
    result = limbeck("demo", "--url", "sqlite:///mine.db")
    assert (result.status, result.out) == (2, "")


def test_interrupted_demo_leaves_no_server() -> None:
    words = [sys.executable, "-m", "limbeck", "demo"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert "is up" in process.stdout.readline()
        os.kill(process.pid, signal.SIGINT)
        process.stdout.read()
        assert process.wait(30) == 130

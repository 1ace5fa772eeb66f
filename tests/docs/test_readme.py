"""The two commands of the README: first in it, a line each, and what `.ci/run` runs."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.pages import ROOT, blocks

README = ROOT / "README.md"


def first_two() -> list[str]:
    return blocks(README.read_text(encoding="utf-8"), "sh")[:2]


def test_each_is_a_single_line() -> None:
    assert [block.count("\n") for block in first_two()] == [1, 1]


def test_the_tool_gives_exactly_them() -> None:
    words = [sys.executable, str(ROOT / "tools" / "readme_commands.py"), str(README)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "".join(first_two())


def test_one_runs_the_main_job_and_the_other_the_tests() -> None:
    demo, tests = first_two()
    assert demo.endswith("limbeck demo\n")
    assert "pytest" in tests


def test_what_is_checked_is_what_readers_type() -> None:
    assert "tools/readme_commands.py README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")

"""How the process of a command ends: at once, but not before what wants to be called at its end."""

from __future__ import annotations

import subprocess
import sys

import pytest

ENDS = """
import sys, threading, time{imports}

class Kept:
    def __del__(self):
        print("taken down")

import atexit
atexit.register(print, "called")
atexit.register(sys.stderr.write, "the end of a line")
kept = Kept()
if {slow}:
    threading.Thread(target=lambda: (time.sleep(0.3), print("finished"))).start()
from limbeck.cli import console
sys.argv = ["limbeck", "--version"]
sys.exit(console())
"""


@pytest.mark.parametrize(
    ("imports", "slow", "expected"),
    [
        ("", False, ["called"]),
        ("", True, ["finished", "called", "taken down"]),
        (", sqlalchemy", False, ["called", "taken down"]),
    ],
)
def test_what_wants_to_be_called_is_called(imports: str, slow: bool, expected: list[str]) -> None:
    """And where a project or a thread may count on more, the interpreter is taken down."""
    code = ENDS.format(imports=imports, slow=slow)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    version, *told = done.stdout.splitlines()
    assert version.startswith("limbeck ")
    assert (done.returncode, done.stderr, told) == (0, "the end of a line", expected)

"""A command of limbeck in a process of its own, which kills itself at a chosen execution of a statement."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

# Read by the interpreter before anything else.  The count goes over every call of a driver's execute, limbeck's own
# included, and the kill comes before or after the chosen one.
_SITE = """\
import os, signal, sys

LEFT = int(os.environ["LIMBECK_KILL_AT"])
AFTER = os.environ["LIMBECK_KILL_AFTER"] == "1"


def counted(method):
    def execute(*args, **kwargs):
        global LEFT
        LEFT -= 1
        if LEFT == 0 and not AFTER:
            os.kill(os.getpid(), signal.SIGKILL)
        result = method(*args, **kwargs)
        if LEFT == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return execute


from sqlalchemy.engine.default import DefaultDialect

if os.environ["LIMBECK_KILL_COUNT"]:
    import atexit

    def tell():
        with open(os.environ["LIMBECK_KILL_COUNT"], "w") as file:
            file.write(str(-LEFT))

    atexit.register(tell)

for name in ("do_execute", "do_execute_no_params", "do_executemany", "do_commit"):
    setattr(DefaultDialect, name, counted(getattr(DefaultDialect, name)))
"""


def executions(folder: Path, *words: str) -> int:
    """Run `limbeck WORDS` in the folder to its end, and count its executions."""
    number = _run(folder, 0, *words, after=False, count=folder / "kill" / "count")
    assert number is None
    return int((folder / "kill" / "count").read_text())


def killed_at(folder: Path, number: int, *words: str, after: bool) -> bool:
    """Run `limbeck WORDS` in the folder and kill it at the execution of that number, from 1.

    Args:
        after: kill when it has returned, not before it is called.

    Returns:
        whether it was killed; otherwise it had fewer executions, and ended by itself, well.
    """
    return _run(folder, number, *words, after=after, count=None) is not None


def _run(folder: Path, number: int, *words: str, after: bool, count: Path | None) -> int | None:
    place = folder / "kill"
    place.mkdir(exist_ok=True)
    (place / "sitecustomize.py").write_text(_SITE)
    done = subprocess.run(
        [sys.executable, "-m", "limbeck", *words],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(place), *sys.path]),
            "LIMBECK_KILL_AT": str(number),
            "LIMBECK_KILL_AFTER": str(int(after)),
            "LIMBECK_KILL_COUNT": str(count or ""),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return number if done.returncode else None

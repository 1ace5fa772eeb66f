"""A copy of this process: it works beside it, ends as a process does, and holds nothing of others open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")

_BEGIN = """
import os, sys, time
from limbeck.verify.forked import Forked, can_fork

def echo():
    with os.fdopen(0, "rb", closefd=False) as given:
        os.write(1, given.read())

def fail():
    raise ValueError("no such luck")

def leave():
    os._exit(7)

def stay():
    os.write(1, b"here")
    while os.read(0, 1):
        pass
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, without any thread."""
    return subprocess.run([sys.executable, "-c", _BEGIN + code], capture_output=True, text=True, timeout=60)


def test_it_reads_and_writes() -> None:
    done = run(
        "first = Forked(echo, []); second = Forked(echo, [first])\n"
        "for each in (first, second):\n"
        "    each.stdin.write(b'word'); each.stdin.close(); print(each.stdout.read(), each.wait(), each.wait())\n"
        "print(can_fork())"
    )
    assert done.stdout.splitlines() == ["b'word' 0 0", "b'word' 0 0", "True"], done.stderr


def test_what_was_written_before_is_written_once() -> None:
    done = run("print('before', end='')\nForked(lambda: print('inside', file=sys.stderr), []).wait()")
    assert (done.stdout, done.stderr) == ("before", "inside\n")


@pytest.mark.parametrize(
    ("work", "status"), [("fail", 1), ("leave", 7), ("lambda: sys.exit(3)", 3), ("lambda: sys.exit('why')", 1)]
)
def test_how_it_ends(work: str, status: int) -> None:
    done = run(f"print(Forked({work}, []).wait())")
    assert done.stdout == f"{status}\n"
    assert ("ValueError: no such luck" in done.stderr) == (work == "fail")


def test_it_is_killed() -> None:
    done = run("one = Forked(stay, []); print(one.stdout.read(4)); one.kill(); print(one.wait()); one.kill()")
    assert done.stdout == f"b'here'\n{-signal.SIGKILL}\n", done.stderr


def test_those_that_are_left_by_their_parent_end() -> None:
    """Though all of them were forked with the ends of the others open."""
    begun = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _BEGIN + "all_ = []\nfor _ in range(3):\n    all_.append(Forked(stay, all_)); all_[-1].stdout.read(4)\n"
            "print(*(each._pid for each in all_), flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with begun:
        assert begun.stdout is not None
        processes = [int(each) for each in begun.stdout.readline().split()]
        begun.kill()
    assert len(processes) == 3
    for each in processes:
        wait_until(lambda each=each: not is_alive(each))


def is_alive(process: int) -> bool:
    """Whether it still does anything; one that nobody has waited for does not."""
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what has to come."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        os.sched_yield()


@pytest.mark.parametrize(
    "code",
    ["import sqlalchemy", "import threading; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"],
)
def test_where_another_is_started_instead(code: str) -> None:
    done = run(f"{code}\nprint(can_fork())")
    assert done.stdout == "False\n", done.stderr

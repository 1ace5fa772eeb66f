"""PostgreSQL's programs as child processes: their account, their environment, and their end when we are killed."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence

from limbeck.scratch.account import Account

# What they may see of our environment: nothing that changes their behaviour (LC_*, PG*), and no secrets.
ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
_PR_SET_PDEATHSIG = 1


def environment() -> dict[str, str]:
    """The part of our environment that child processes get."""
    return {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}


def spawn(
    arguments: Sequence[str], account: Account, *, output: int, inherited: Sequence[int]
) -> subprocess.Popen[bytes]:
    """Start a program that writes to the descriptor `output` and keeps the `inherited` descriptors open.

    Raises:
        OSError: it cannot be run, or not by this account.
    """
    return subprocess.Popen(  # noqa: S603
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd="/",
        env=environment(),
        pass_fds=inherited,
        preexec_fn=_death_with_parent(),
        **account.arguments(),
    )


def _death_with_parent() -> Callable[[], None] | None:
    """What a child calls before it becomes its program, so that it is told to quit when we are killed; Linux only."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def arrange() -> None:
        # After the change of account, which would undo it.
        prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
        if os.getppid() != parent:  # we were killed before the arrangement held
            os._exit(1)

    return arrange


def serves(pid: int, data: str) -> bool:
    """Whether the process `pid` is a PostgreSQL server of the folder `data`."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False  # dead, or another account's; ours runs as an account that we may signal
    if sys.platform == "linux":
        try:
            return os.path.samefile(f"/proc/{pid}/cwd", data)
        except OSError:
            return False  # it ended meanwhile, or is not ours to look at
    command = ["/bin/ps", "-p", str(pid), "-o", "comm="]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    return os.path.basename(done.stdout.strip()) == "postgres"

"""What is put to the test: a program that upgrades, run as a user runs it, in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

PATIENCE = 120.0  # seconds; a process that takes longer hangs
_REASON = re.compile(r"limbeck: |[\w.]+(Error|Exception|Timeout|Deadlock\w*|Shutdown): ")
HOOK = Path(__file__).with_name("hook")
_OURS = ("LIMBECK_URL", "DATABASE_URL", "PYTHONPATH", "ALEMBIC_CONFIG", "PYTHONDONTWRITEBYTECODE", "PGPORT")


class Subject(NamedTuple):
    """A program that upgrades: its name in the tables, the module that Python runs, and options for every run."""

    name: str
    module: str
    options: tuple[str, ...] = ()

    def command(self, *words: str) -> list[str]:
        """The command line."""
        return [sys.executable, "-m", self.module, *words]


ALEMBIC = Subject("plain Alembic", "alembic")
LIMBECK = Subject("limbeck", "limbeck", ("--json",))
SUBJECTS = (ALEMBIC, LIMBECK)


class Ended(NamedTuple):
    """A process that has ended: exit status, or the negative number of the signal; both streams; seconds it took."""

    status: int
    out: str
    err: str
    seconds: float

    @property
    def text(self) -> str:
        """Both streams."""
        return self.out + self.err

    @property
    def reason(self) -> str:
        """The line that says why it failed, for a report."""
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        told = [line for line in lines if _REASON.match(line)]
        return (told or lines or [""])[-1]


class Process:
    """A command under way."""

    def __init__(
        self,
        command: list[str],
        folder: Path,
        environ: Mapping[str, str],
        before: Callable[[], None] | None = None,
    ) -> None:
        self._out, self._err = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 - closed with the process
        self._begun = time.monotonic()
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**_environment(folder), **environ},
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._err,
            preexec_fn=before,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def seconds(self) -> float:
        """Since its start."""
        return time.monotonic() - self._begun

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()

    def output(self) -> str:
        """What it has written so far, both streams."""
        return _read(self._out) + _read(self._err)

    def ended(self, patience: float = PATIENCE) -> Ended:
        """Wait for its end; one that takes longer than `patience` seconds is killed, and its status is -9."""
        try:
            self._process.wait(max(patience, 0.0))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        seconds = self.seconds
        out, err = _read(self._out), _read(self._err)
        self._out.close()
        self._err.close()
        return Ended(self._process.returncode, out, err, seconds)

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_exception: Any) -> None:
        if self.running:
            self._process.kill()
        self._process.wait()
        self._out.close()
        self._err.close()


def upgrade(
    subject: Subject,
    folder: Path,
    url: str,
    *,
    target: str = "head",
    environ: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
) -> Process:
    """Start `SUBJECT upgrade TARGET` in a project that takes its address from DATABASE_URL.

    Args:
        environ: further variables.
        before: called in the process before it becomes the program.
    """
    command = subject.command("upgrade", target, *subject.options)
    return Process(command, folder, {"DATABASE_URL": url, **(environ or {})}, before)


def _environment(folder: Path) -> dict[str, str]:
    environ = {name: value for name, value in os.environ.items() if name not in _OURS}
    return {**environ, "XDG_CACHE_HOME": str(folder / "cache")}


def _read(stream: IO[bytes]) -> str:
    size = os.fstat(stream.fileno()).st_size
    return os.pread(stream.fileno(), size, 0).decode(errors="backslashreplace")

"""Wall time and peak memory of whole processes, taken in turns."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

_LAUNCHER = Path(__file__).with_name("launcher.py")


class Run(NamedTuple):
    """One process: wall-clock seconds, peak resident KiB, exit status, what it wrote."""

    seconds: float
    kib: int
    status: int
    output: str
    errors: str


class Spread(NamedTuple):
    """Median, least and greatest of some numbers."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, numbers: Sequence[float]) -> Spread:
        """Of at least one number."""
        return cls(median(numbers), min(numbers), max(numbers))


class Failed(Exception):
    """A measured command failed, or did not do what it was measured for."""


class Program:
    """A command that can be run again and again in one folder; use it in a `with`."""

    def __init__(
        self, command: Sequence[str], folder: Path, scratch: Path, environ: Mapping[str, str] | None = None
    ) -> None:
        """Nothing is run yet.

        Args:
            command: name of a console script of this interpreter, and its arguments.
            folder: working folder.
            scratch: an existing folder for what the command writes to its standard output and error.
            environ: variables beside those of `clean_environment`.
        """
        self.words = tuple(command)
        name = f"{command[0]}-{id(self):x}"
        self._output, self._errors = scratch / f"{name}.out", scratch / f"{name}.err"
        arguments = [str(self._output), str(self._errors), script(command[0]), *command[1:]]
        self._launcher = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_LAUNCHER), *arguments],
            cwd=folder,
            env={**clean_environment(), **(environ or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self) -> Run:
        """Run it once."""
        assert self._launcher.stdin is not None and self._launcher.stdout is not None
        self._launcher.stdin.write("\n")
        self._launcher.stdin.flush()
        answer = self._launcher.stdout.readline().split()
        if len(answer) != 3:
            raise Failed(f"{' '.join(self.words)}: could not be started")
        output, errors = (path.read_text(errors="replace") for path in (self._output, self._errors))
        return Run(float(answer[0]), int(answer[1]), int(answer[2]), output, errors)

    def succeed(self) -> Run:
        """Run it once.

        Raises:
            Failed: its exit status is not 0.
        """
        run = self.run()
        if run.status != 0:
            raise Failed(f"{' '.join(self.words)}: exit status {run.status}\n{run.output[-2000:]}{run.errors[-2000:]}")
        return run

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._launcher.stdin is not None and self._launcher.stdout is not None
        self._launcher.stdin.close()
        self._launcher.stdout.close()
        self._launcher.wait()
        for path in (self._output, self._errors):
            path.unlink(missing_ok=True)


def clean_environment() -> dict[str, str]:
    """What the measured processes are told: nothing that would change how Python runs, above all no
    PYTHONDONTWRITEBYTECODE, which makes Alembic compile every revision again each time.
    """
    kept = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
    return {"LC_ALL": "C.UTF-8", **{name: os.environ[name] for name in kept if name in os.environ}}


def script(name: str) -> str:
    """Path of a console script that is installed for this interpreter.

    Raises:
        Failed: it is not.
    """
    path = os.path.join(sysconfig.get_path("scripts"), name)
    if not os.path.exists(path):
        raise Failed(f"{name} is not installed for {sys.executable}: no {path}")
    return path


def take_turns(
    first: Program,
    second: Program,
    check: Callable[[Program, Run], None],
    before: Callable[[], None],
    *,
    rounds: int,
    seconds: float,
) -> tuple[list[Run], list[Run]]:
    """Run two programs in turns, first, second, first, second.

    Args:
        check: raises Failed when a run did not do its work.
        before: called before every run, outside the time that is measured.
        rounds: how often each runs.
        seconds: stop after this time, once each has run.

    Raises:
        Failed: a run fails, or does not pass the check.
    """
    begin = time.monotonic()
    runs: tuple[list[Run], list[Run]] = [], []
    for _ in range(rounds):
        for program, done in ((first, runs[0]), (second, runs[1])):
            before()
            run = program.succeed()
            check(program, run)
            done.append(run._replace(output="", errors=""))
        if time.monotonic() - begin > seconds:
            break
    return runs

"""Many processes started at the same instant on one database."""

from __future__ import annotations

import socket
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.faults.chain import Chain, parallel_chain, write_chain
from tests.faults.database import Database, System
from tests.faults.point import undisturbed
from tests.faults.state import read_state
from tests.faults.subject import HOOK, LIMBECK, PATIENCE, Ended, Subject, upgrade
from tests.faults.verdict import times_run

BEHIND = 3  # revisions; the start that is not an empty database
STARTS = ("empty", f"{BEHIND} behind")


class Round(NamedTuple):
    """One start of all processes.

    Attributes:
        ended: how each process ended.
        once: every revision was committed exactly once.
        right: schema and rows are those of a single run.
    """

    ended: tuple[Ended, ...]
    once: bool
    right: bool

    @property
    def succeeded(self) -> int:
        """Processes with exit status 0."""
        return sum(ended.status == 0 for ended in self.ended)


class Rivals:
    """The parallel chain on one system."""

    def __init__(self, system: System, folder: Path) -> None:
        self._system = system
        self._chain = write_chain(folder, parallel_chain(system.name))
        self._expected = undisturbed(LIMBECK, self._chain, system).state

    def round(self, subject: Subject, start: str, processes: int) -> Round:
        """Start that many processes on a new database, all at once, and wait for all of them."""
        with self._system.database() as database:
            self._chain.prepare(database)
            if start != "empty":
                with upgrade(LIMBECK, self._chain.folder, database.url, target=self._chain.ids[-1 - BEHIND]) as first:
                    assert first.ended().status == 0
            ended = together(subject, self._chain, self._system, database, processes)
            once = times_run(database) == Counter(self._chain.ids)
            return Round(tuple(ended), once, read_state(database) == self._expected)


def together(subject: Subject, chain: Chain, system: System, database: Database, processes: int) -> list[Ended]:
    """Start the processes and let all of them go on at once, when what is heavy is imported.

    One process imports it and forks, so that a round costs what the processes do and not what they import.
    """
    with (
        tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder,
        socket.socket(socket.AF_UNIX) as listener,
        ExitStack() as stack,
    ):
        place, many = Path(folder, "s"), Path(folder, "many")
        listener.bind(str(place))
        listener.listen(processes)
        listener.settimeout(PATIENCE)
        many.mkdir()
        outputs = [many / f"{number:03}" for number in range(processes)]
        for output in outputs:
            output.touch()
        environ = {"PYTHONPATH": str(HOOK), "FAULTS_DRIVER": system.driver, "FAULTS_GATE": str(place)}
        environ |= {"FAULTS_MANY": str(many)}
        first = stack.enter_context(upgrade(subject, chain.folder, database.url, environ=environ))
        waiting = [stack.enter_context(listener.accept()[0]) for _ in outputs]
        for gate in waiting:
            gate.sendall(b"g")
        seconds = first.ended().seconds
        return [_ended(output, seconds) for output in outputs]


def _ended(output: Path, seconds: float) -> Ended:
    """How one of them ended; one that had to be ended has no status of its own."""
    status = output.with_name(f"{output.name}.status")
    number = int(status.read_text(encoding="utf-8")) if status.exists() else -9
    return Ended(number, output.read_text(encoding="utf-8", errors="backslashreplace"), "", seconds)


def failures(rounds: Sequence[Round]) -> Counter[str]:
    """The reasons of the processes that failed, counted."""
    return Counter(ended.reason for one in rounds for ended in one.ended if ended.status != 0)

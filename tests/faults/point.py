"""The parent's side of the hook: which points a run passes, and runs that are killed or held at one of them."""

from __future__ import annotations

import os
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.faults.chain import Chain
from tests.faults.database import Database, System
from tests.faults.state import State, read_state
from tests.faults.subject import HOOK, PATIENCE, Process, Subject, upgrade
from tests.faults.verdict import times_run


class Undisturbed(NamedTuple):
    """A run in which nothing happens.

    Attributes:
        state: what the database holds after it.
        points: those that it passes, in order, such as `before UPDATE account SET x = x + 1`.
        seconds: from the first point to the last.
    """

    state: State
    points: tuple[str, ...]
    seconds: float


def undisturbed(subject: Subject, chain: Chain, system: System) -> Undisturbed:
    """Run the chain on an empty database.

    Raises:
        AssertionError: it does not succeed, or not every revision ran once.
    """
    with system.database() as database, tempfile.TemporaryDirectory() as folder:
        chain.prepare(database)
        trace = Path(folder) / "trace"
        with hooked(subject, chain, system, database, FAULTS_TRACE=str(trace)) as process:
            ended = process.ended()
        assert ended.status == 0, ended.text
        assert times_run(database) == Counter(chain.ids)
        times, points = zip(*(line.split(" ", 1) for line in trace.read_text().splitlines()), strict=True)
        return Undisturbed(read_state(database), points, float(times[-1]) - float(times[0]))


def hooked(subject: Subject, chain: Chain, system: System, database: Database, **environ: str) -> Process:
    """Start an upgrade to head with the hook in it."""
    environ = {"PYTHONPATH": str(HOOK), "FAULTS_DRIVER": system.driver, **environ}
    return upgrade(subject, chain.folder, database.url, environ=environ)


@contextmanager
def holding(
    subject: Subject, chain: Chain, system: System, database: Database, at: int
) -> Iterator[tuple[Process, socket.socket]]:
    """A run that waits at its point number `at`, and the connection that a byte, or its end, lets it go on by."""
    with tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder, socket.socket(socket.AF_UNIX) as listener:
        place = os.path.join(folder, "s")
        listener.bind(place)
        listener.listen(1)
        listener.settimeout(PATIENCE)
        environ = {"FAULTS_PAUSE": place, "FAULTS_PAUSE_AT": str(at)}
        with hooked(subject, chain, system, database, **environ) as process:
            waiting, _ = listener.accept()
            with waiting:
                yield process, waiting

"""The parent's side of the hook: which points a run passes, and runs that are killed or held at one of them."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.chain import Chain
from tests.faults.database import Database, System
from tests.faults.subject import HOOK, PATIENCE, Process, Subject, upgrade


def points_of(subject: Subject, chain: Chain, system: System) -> list[str]:
    """The points that an undisturbed run passes, in order, such as `before UPDATE account SET x = x + 1`."""
    with system.database() as database, tempfile.TemporaryDirectory() as folder:
        chain.prepare(database)
        trace = Path(folder) / "trace"
        with hooked(subject, chain, system, database, FAULTS_TRACE=str(trace)) as process:
            ended = process.ended()
        assert ended.status == 0, ended.text
        return [line.partition(" ")[2] for line in trace.read_text().splitlines()]


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

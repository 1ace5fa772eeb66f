"""kill -9 at every statement boundary and at random instants, and what the next run makes of it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from tests.faults.chain import long_chain, write_chain
from tests.faults.database import System
from tests.faults.point import holding, hooked, undisturbed
from tests.faults.subject import Subject
from tests.faults.verdict import Trial, judged


class Killing:
    """The long chain on one system, killed by one subject's runs."""

    def __init__(self, subject: Subject, system: System, folder: Path) -> None:
        self._subject = subject
        self._system = system
        self._chain = write_chain(folder, long_chain(system.name))
        self._undisturbed = undisturbed(subject, self._chain, system)

    @property
    def points(self) -> tuple[str, ...]:
        """Those that a run passes."""
        return self._undisturbed.points

    def at_points(self, numbers: Iterable[int], workers: int = 2) -> list[Trial]:
        """Kill at each of these points, counted from 1."""
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(self._at_point, numbers))

    def at_random(self, count: int, seed: int, workers: int = 2) -> list[Trial]:
        """Kill at that many instants between the first statement and the end."""
        random = Random(seed)
        delays = [random.uniform(0, 0.95 * self._undisturbed.seconds) for _ in range(count)]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(self._after, delays))

    def _at_point(self, number: int) -> Trial:
        with self._system.database() as database:
            self._chain.prepare(database)
            with hooked(self._subject, self._chain, self._system, database, FAULTS_KILL_AT=str(number)) as process:
                first = process.ended()
            assert first.status == -9, f"it was to die at point {number}: {first.status} {first.text}"
            where = f"killed {number}: {self.points[number - 1]}"
            return judged(self._subject, self._chain, database, where, first, self._undisturbed.state)

    def _after(self, delay: float) -> Trial:
        with self._system.database() as database:
            self._chain.prepare(database)
            with holding(self._subject, self._chain, self._system, database, at=1) as (process, waiting):
                waiting.sendall(b"g")
                time.sleep(delay)
                process.kill()
                first = process.ended()
            where = f"killed {delay:.3f} s after the first statement"
            return judged(self._subject, self._chain, database, where, first, self._undisturbed.state)

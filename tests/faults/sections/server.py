"""What lies beneath a run breaks: the server, the network, the disk, the time of a statement."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.cut import Cutting, Place
from tests.faults.database import MariaDB, PostgreSQL, SQLite, systems
from tests.faults.disk import full_disk
from tests.faults.page import Size
from tests.faults.proxy import Cut
from tests.faults.restart import Restarting, restartable
from tests.faults.sections.trials import Group, trials_table
from tests.faults.subject import SUBJECTS
from tests.faults.timeout import timed_out


def measured(size: Size, _folder: Path) -> str:
    """The table."""
    groups = [*_restarts(size), *_cuts(size), *_disk(), *_time()]
    return trials_table(groups)


def _restarts(size: Size) -> Iterator[Group]:
    for name in ("PostgreSQL", "MariaDB"):
        with restartable(name) as (system, server):
            for subject in SUBJECTS:
                with _folder() as folder:
                    restarting = Restarting(subject, system, server, folder)
                    trials = restarting.at_points(range(3, len(restarting.points), size.restarts))
                    yield Group(subject.name, "server killed and started again", trials)


def _cuts(size: Size) -> Iterator[Group]:
    with systems(("PostgreSQL", "MariaDB")) as found:
        for system in found:
            assert isinstance(system, (PostgreSQL, MariaDB))
            for subject in SUBJECTS:
                with _folder() as folder:
                    cutting = Cutting(subject, system, folder)
                    commits = cutting.commits()
                    others = sorted(set(range(1, len(cutting.statements) + 1)) - set(commits))
                    for cut in Cut:
                        for name, numbers in (("a commit", commits), ("another statement", others)):
                            places = [Place(number, cut) for number in numbers[:: size.every]]
                            trials = cutting.at(places, size.workers)
                            yield Group(subject.name, f"network cut at {name}, {cut.value}", trials)


def _disk() -> Iterator[Group]:
    for subject in SUBJECTS:
        for name in ("PostgreSQL", "MariaDB"):
            with restartable(name) as (system, server), _folder() as folder:
                yield Group(subject.name, "disk full", [full_disk(subject, system, server, folder)])
        with _folder() as folder:
            yield Group(subject.name, "disk full", [full_disk(subject, SQLite(), None, folder)])


def _time() -> Iterator[Group]:
    with systems(("PostgreSQL", "MariaDB")) as found:
        for system in found:
            for subject in SUBJECTS:
                with _folder() as folder:
                    yield Group(subject.name, "statement timeout", [timed_out(subject, system, folder)])


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder:
        yield Path(folder)

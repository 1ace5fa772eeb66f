"""The server killed and started again in the middle of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.faults.chain import long_chain, write_chain
from tests.faults.database import Database, MariaDB, System
from tests.faults.point import holding, undisturbed
from tests.faults.subject import Subject
from tests.faults.verdict import Trial, judged
from tests.servers.mariadb import restartable_mariadb
from tests.servers.postgresql import RestartableServer, restartable_server


class Restartable(Protocol):
    """A server that can be killed and started again."""

    def kill(self) -> None:
        """kill -9."""

    def stop(self) -> None:
        """End it in order."""

    def start(self) -> None:
        """Start it again, and wait until it answers."""


class _PostgreSQL:
    name = "PostgreSQL"
    driver = "psycopg"

    def __init__(self, server: RestartableServer) -> None:
        self._server = server
        self._count = 0

    @contextmanager
    def database(self) -> Iterator[Database]:
        self._count += 1
        name = f"trial_{self._count}"
        Database(self.name, self._server.url("postgres", "psycopg")).execute(f"CREATE DATABASE {name}")
        yield Database(self.name, self._server.url(name, "psycopg"))


@contextmanager
def restartable(name: str) -> Iterator[tuple[System, Restartable]]:
    """PostgreSQL or MariaDB, and the server to kill."""
    if name == "PostgreSQL":
        with restartable_server() as postgresql:
            yield _PostgreSQL(postgresql), postgresql
    else:
        with restartable_mariadb() as mariadb:
            yield MariaDB(mariadb.socket), mariadb


class Restarting:
    """The long chain on one system, whose server is killed."""

    def __init__(self, subject: Subject, system: System, server: Restartable, folder: Path) -> None:
        self._subject = subject
        self._system = system
        self._server = server
        self._chain = write_chain(folder, long_chain(system.name))
        self._undisturbed = undisturbed(subject, self._chain, system)

    @property
    def points(self) -> tuple[str, ...]:
        """Those that a run passes."""
        return self._undisturbed.points

    def at_points(self, numbers: Iterable[int]) -> list[Trial]:
        """Kill the server while a run is at each of these points, start it again, and let the run go on."""
        return [self._at_point(number) for number in numbers]

    def _at_point(self, number: int) -> Trial:
        with self._system.database() as database:
            self._chain.prepare(database)
            with holding(self._subject, self._chain, self._system, database, at=number) as (process, waiting):
                self._server.kill()
                self._server.start()
                waiting.sendall(b"g")
                first = process.ended()
            where = f"server killed {number}: {self.points[number - 1]}"
            return judged(self._subject, self._chain, database, where, first, self._undisturbed.state)

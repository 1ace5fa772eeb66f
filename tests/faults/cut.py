"""The network cut before a statement reaches the server, and after the server has done it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import make_url

from tests.faults.chain import long_chain, write_chain
from tests.faults.database import Database, MariaDB, PostgreSQL
from tests.faults.proxy import Cut, Proxy, proxy
from tests.faults.state import State, read_state
from tests.faults.subject import Process, Subject, upgrade
from tests.faults.verdict import Trial, judged
from tests.faults.wire import MariaDBConversation, PostgreSQLConversation


class Place(NamedTuple):
    """A statement of a run, by its number from 1, and a side of it."""

    number: int
    cut: Cut


class Cutting:
    """The long chain on one system, behind a network that is cut."""

    def __init__(self, subject: Subject, system: PostgreSQL | MariaDB, folder: Path) -> None:
        self._subject = subject
        self._system = system
        self._chain = write_chain(folder, long_chain(system.name))
        self.statements, self._undisturbed = self._undisturbed_run()

    def commits(self) -> list[int]:
        """The numbers of the statements at which something is committed: COMMIT, and what commits by itself."""
        words: tuple[str, ...] = ("COMMIT", "CREATE INDEX CONCURRENTLY", "ALTER TYPE")
        if isinstance(self._system, MariaDB):
            words = ("COMMIT", "CREATE ", "ALTER ", "DROP ")
        commits = [text.upper().startswith(words) or text.endswith("; COMMIT") for text in self.statements]
        return [number for number, commit in enumerate(commits, 1) if commit]

    def at(self, places: Iterable[Place], workers: int = 2) -> list[Trial]:
        """Cut there, once each; the network is whole again at once."""
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(self._at, places))

    def _at(self, place: Place) -> Trial:
        with self._system.database() as database:
            self._chain.prepare(database)
            with self._proxy(place) as network:
                with self._run(database, network) as process:
                    first = process.ended()
                what = network.was_cut or "nothing"
            where = f"cut {place.number} {place.cut.value}: {what}"
            return judged(self._subject, self._chain, database, where, first, self._undisturbed)

    def _undisturbed_run(self) -> tuple[list[str], State]:
        with self._system.database() as database:
            self._chain.prepare(database)
            with self._proxy(Place(0, Cut.BEFORE)) as network, self._run(database, network) as process:
                ended = process.ended()
                assert ended.status == 0, ended.text
            return network.statements, read_state(database)

    def _run(self, database: Database, network: Proxy) -> Process:
        return upgrade(self._subject, self._chain.folder, through(database, network))

    def _proxy(self, place: Place) -> AbstractContextManager[Proxy]:
        if isinstance(self._system, MariaDB):
            return proxy(self._system.socket, MariaDBConversation, *place)
        socket = self._system.server.folder / ".s.PGSQL.5432"
        return proxy(socket, PostgreSQLConversation, *place)


def through(database: Database, network: Proxy) -> str:
    """The address of the database by way of the proxy."""
    url = make_url(database.url).set(host="127.0.0.1", port=network.port)
    if database.system == "PostgreSQL":
        url = url.set(query={"sslmode": "disable", "gssencmode": "disable"})
    else:
        url = url.set(query={})
    return url.render_as_string(hide_password=False)

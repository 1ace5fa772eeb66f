"""An application that reads and writes a table at a fixed rate, and notes how long each request takes.

Requests come when they come, as from users: one that is late does not delay the next, and its time counts from the
moment it was due.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import psycopg

ROWS = 1000  # in the table `account`
_WORKERS = 16
_READ = "SELECT x FROM account WHERE id = %s"
_WRITE = "UPDATE account SET x = x + 1 WHERE id = %s"


class Request(NamedTuple):
    """A request that was answered: when it was due, in seconds from the start, and how long it took from then on."""

    due: float
    seconds: float


class Application:
    """Runs from `start` to `stop`; every second request is a write."""

    def __init__(self, url: str, rate: float, bearable: float = 0) -> None:
        """Connect.

        Args:
            rate: requests a second.
            bearable: seconds that a request waits for a lock at most, or it fails; 0 for ever.
        """
        self._rate = rate
        self._begun = 0.0
        self._stopped = threading.Event()
        self._answered: list[Request] = []
        self._failed: list[BaseException] = []
        self._connections = [
            psycopg.connect(url, autocommit=True, options=f"-c lock_timeout={bearable * 1000:.0f}")
            for _ in range(_WORKERS)
        ]
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(_WORKERS)]

    def start(self) -> None:
        """Begin."""
        self._begun = time.monotonic()
        for thread in self._threads:
            thread.start()

    def now(self) -> float:
        """Seconds from the start."""
        return time.monotonic() - self._begun

    def until(self, moment: float) -> None:
        """Wait until so many seconds from the start."""
        time.sleep(max(0.0, moment - self.now()))

    def stop(self) -> list[Request]:
        """End when what is under way is answered; all requests in order.

        Raises:
            BaseException: what a request has failed with.
        """
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        for connection in self._connections:
            connection.close()
        if self._failed:
            raise self._failed[0]
        return sorted(self._answered)

    def _work(self, worker: int) -> None:
        number = worker
        try:
            while True:
                due = number / self._rate
                # What was due while this worker was kept waiting is still asked, and counted from when it was due.
                if self._stopped.wait(max(0.0, due - self.now())) and due > self.now():
                    return
                query = _WRITE if number % 2 else _READ
                self._connections[worker].execute(query, (1 + number * 7 % ROWS,))
                self._answered.append(Request(due, self.now() - due))
                number += _WORKERS
        except psycopg.Error as error:
            self._failed.append(error)


@contextmanager
def forgotten_transaction(url: str) -> Iterator[None]:
    """A transaction that has read the table, and is left open."""
    with psycopg.connect(url, application_name="forgotten report") as connection:
        connection.execute("SELECT count(*) FROM account").fetchone()
        yield
        connection.rollback()

"""How long an application is kept waiting by a change of its table, while somebody has forgotten a transaction."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

from tests.faults.application import ROWS, Application, Request, forgotten_transaction
from tests.faults.chain import column, counted, sql, table, write_chain
from tests.faults.database import Database, PostgreSQL
from tests.faults.lock import Bounds
from tests.faults.subject import LIMBECK, Ended, Process, Subject, upgrade

QUIET = 1.0  # seconds before the transaction is forgotten, and after all is done
_CHANGES = "SELECT count(*) FROM pg_stat_activity WHERE starts_with(query, 'ALTER TABLE account')"
_FILL = f"INSERT INTO account (id, x) SELECT i, 0 FROM generate_series(1, {ROWS}) AS s(i)"


class Stall(NamedTuple):
    """What the application met.

    Attributes:
        subject: name of what upgraded.
        requests: all of the application's.
        forgotten: from when to when the transaction was open, in seconds from the application's start.
        upgraded: how the upgrade ended.
        until: when it had ended, in seconds from the application's start.
    """

    subject: str
    requests: tuple[Request, ...]
    forgotten: tuple[float, float]
    upgraded: Ended
    until: float

    @property
    def longest(self) -> float:
        """Seconds that the slowest request took."""
        return max(request.seconds for request in self.requests)

    def slower_than(self, seconds: float) -> int:
        """How many requests took longer."""
        return sum(request.seconds > seconds for request in self.requests)


def stall(
    subject: Subject,
    system: PostgreSQL,
    bounds: Bounds,
    folder: Path,
    *,
    forgotten: float,
    rate: float,
    bearable: float = 0,
) -> Stall:
    """Upgrade under the application's eyes.

    Args:
        forgotten: seconds that the transaction stays open after the upgrade has first waited for it.
        rate: requests a second.
        bearable: seconds that a request waits for a lock at most, or it fails; 0 for ever.
    """
    revisions = [
        counted("a1", table("account", "x"), sql(_FILL)),
        counted("a2", column("account", "note")),
    ]
    chain = write_chain(folder, revisions, settings=bounds.settings() if subject is LIMBECK else None)
    with system.database() as database:
        chain.prepare(database)
        with upgrade(subject, folder, database.url, target="a1") as process:
            ended = process.ended()
            assert ended.status == 0, ended.text
        url = database.url.replace("+psycopg", "")
        application = Application(url, rate, bearable)
        application.start()
        try:
            application.until(QUIET)
            with forgotten_transaction(url):
                begun = application.now()
                process = upgrade(subject, folder, database.url)
                _wait_for_the_change(database, process)
                application.until(application.now() + forgotten)
            over = application.now()
            with process:
                upgraded = process.ended()
            until = application.now()
            application.until(until + QUIET)
        finally:
            requests = application.stop()
        return Stall(subject.name, tuple(requests), (begun, over), upgraded, until)


def _wait_for_the_change(database: Database, process: Process) -> None:
    """Until the upgrade has come to the statement that changes the table."""
    while process.running and database.rows(_CHANGES) == [(0,)]:
        time.sleep(0.005)  # between two looks; bounded by the end of the process

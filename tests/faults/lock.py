"""A lock that somebody holds for ever, on a table that a revision wants to change."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import NullPool, create_engine

from tests.faults.chain import Revision, column, counted, sql, table, write_chain
from tests.faults.database import Database, System
from tests.faults.point import undisturbed
from tests.faults.subject import LIMBECK, Process, Subject, upgrade
from tests.faults.verdict import Trial, judged

HOLDER = "forgotten report"  # its application_name, where there is one


class Bounds(NamedTuple):
    """How long limbeck may wait: for each try, and with all tries; seconds."""

    lock_timeout: float
    lock_wait: float

    def settings(self) -> dict[str, str]:
        """As they stand in the file."""
        return {"lock_timeout": f"{self.lock_timeout}s", "lock_wait": f"{self.lock_wait}s"}


class Refusal(NamedTuple):
    """What a run did while the lock was held.

    Attributes:
        trial: the run, and the next one without the lock.
        waited: seconds until it ended, or until it was killed.
        gave_up: it ended by itself.
        said_after: seconds until it had named the holder; None when it never did.
    """

    trial: Trial
    waited: float
    gave_up: bool
    said_after: float | None


def alter_chain() -> list[Revision]:
    """Its second revision changes a table that the first has made."""
    return [
        counted("a1", table("account", "x"), sql("INSERT INTO account (id, x) VALUES (1, 1), (2, 2)")),
        counted("a2", sql("UPDATE account SET x = x + 1 WHERE id = 1"), column("account", "note")),
        counted("a3", sql("UPDATE account SET x = x + 1")),
    ]


def held_lock(subject: Subject, system: System, bounds: Bounds, patience: float, folder: Path) -> Refusal:
    """Run while the lock is held, but no longer than `patience` seconds; then without it."""
    chain = write_chain(folder, alter_chain(), settings=bounds.settings() if subject is LIMBECK else None)
    expected = undisturbed(subject, chain, system).state
    with system.database() as database:
        chain.prepare(database)
        with upgrade(subject, chain.folder, database.url, target="a1") as process:
            assert process.ended().status == 0
        with held(database), upgrade(subject, chain.folder, database.url) as process:
            said_after = _said(process, HOLDER, patience)
            first = process.ended(patience - process.seconds)
        trial = judged(subject, chain, database, "lock held", first, expected)
        return Refusal(trial, first.seconds, first.status >= 0, said_after)


def _said(process: Process, word: str, patience: float) -> float | None:
    """Seconds until the process has written the word; None when it does not before its end, or in time."""
    while process.running and process.seconds < patience and word not in process.output():
        time.sleep(0.02)  # between two looks at what it has written; bounded by the patience
    return process.seconds if word in process.output() else None


@contextmanager
def held(database: Database) -> Iterator[None]:
    """Somebody's open transaction that has read the table `account`; on SQLite, one that has written it."""
    connect = {"application_name": HOLDER} if database.system == "PostgreSQL" else {}
    engine = create_engine(database.url, poolclass=NullPool, connect_args=connect)
    with engine.connect() as connection:
        if database.system == "SQLite":
            connection.exec_driver_sql("UPDATE account SET x = x")
        else:
            connection.exec_driver_sql("SELECT x FROM account WHERE id = 1").all()
        yield
        connection.rollback()

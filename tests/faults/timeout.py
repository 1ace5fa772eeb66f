"""A statement that the server ends because it takes too long, and that is given the time at the next run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from tests.faults.chain import Revision, column, counted, sql, table, write_chain
from tests.faults.database import Database, System
from tests.faults.point import undisturbed
from tests.faults.subject import Subject, upgrade
from tests.faults.verdict import Trial, judged

SECONDS = 0.3  # allowed to a statement
_SLOW = {"PostgreSQL": "SELECT pg_sleep(1)", "MariaDB": "SELECT sleep(1)"}


def slow_chain(system: str) -> list[Revision]:
    """Its second revision has a slow statement among others."""
    return [
        counted("s1", table("account", "x"), sql("INSERT INTO account (id, x) VALUES (1, 1), (2, 2)")),
        counted(
            "s2",
            sql("UPDATE account SET x = x + 1"),
            column("account", "note"),
            sql("UPDATE account SET x = x * 2"),
            sql(_SLOW[system]),
            table("entry", "amount"),
        ),
        counted("s3", sql("UPDATE account SET x = x + 1")),
    ]


def timed_out(subject: Subject, system: System, folder: Path) -> Trial:
    """Run with little time for each statement, then with enough."""
    chain = write_chain(folder, slow_chain(system.name))
    expected = undisturbed(subject, chain, system).state
    with system.database() as database:
        chain.prepare(database)
        with _hurried(database), upgrade(subject, chain.folder, database.url) as process:
            first = process.ended()
        return judged(subject, chain, database, "statement timeout", first, expected)


@contextmanager
def _hurried(database: Database) -> Iterator[None]:
    name = make_url(database.url).database
    if database.system == "PostgreSQL":
        limit = f"ALTER DATABASE {name} SET statement_timeout = {SECONDS * 1000:.0f}"
        lift = f"ALTER DATABASE {name} RESET statement_timeout"
    else:
        limit, lift = (f"SET GLOBAL max_statement_time = {seconds}" for seconds in (SECONDS, 0))
    database.execute(limit)
    try:
        yield
    finally:
        database.execute(lift)

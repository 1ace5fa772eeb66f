"""A disk that is full in the middle of a run, and has room again at the next.

A limit on the size of files stands for it, because it needs no rights: it is put on the server, or, for SQLite, on the
run itself.  The system's own error is another than on a disk that is full (EFBIG, not ENOSPC), the place where it
strikes is the same.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.chain import Revision, counted, sql, table, write_chain
from tests.faults.database import System
from tests.faults.point import undisturbed
from tests.faults.restart import Restartable
from tests.faults.subject import Subject, upgrade
from tests.faults.verdict import Trial, judged

LIMIT = 24 * 1024 * 1024  # bytes of the largest file; PostgreSQL writes its log in files of 16 MiB
_ROWS = 36_000  # of a kilobyte each
_SERIES = {
    "PostgreSQL": f"SELECT i, repeat('x', 1000) FROM generate_series(1, {_ROWS}) AS s(i)",
    "MariaDB": f"SELECT seq, repeat('x', 1000) FROM seq_1_to_{_ROWS}",
    "SQLite": f"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {_ROWS}) "
    "SELECT i, hex(zeroblob(500)) FROM s",
}


def disk_chain(system: str) -> list[Revision]:
    """Its second revision needs more than the limit allows, between other statements."""
    return [
        counted("d1", table("account", "x"), sql("INSERT INTO account (id, x) VALUES (1, 1), (2, 2)")),
        counted(
            "d2",
            sql("UPDATE account SET x = x + 1"),
            sql("CREATE TABLE filler (id INTEGER, body VARCHAR(1000))"),
            sql("UPDATE account SET x = x * 2"),
            sql(f"INSERT INTO filler {_SERIES[system]}"),
            sql("CREATE INDEX filler_id_i ON filler (id)"),
        ),
        counted("d3", sql("UPDATE account SET x = x + 1")),
    ]


def full_disk(subject: Subject, system: System, server: Restartable | None, folder: Path) -> Trial:
    """Run on a full disk, then on one with room.

    Args:
        server: the one that writes; None when the run itself does.
    """
    chain = write_chain(folder, disk_chain(system.name))
    expected = undisturbed(subject, chain, system).state
    with system.database() as database:
        chain.prepare(database)
        with _limited(server), upgrade(subject, chain.folder, database.url, before=_limit(server)) as process:
            first = process.ended()
        return judged(subject, chain, database, "disk full", first, expected)


def _limit(server: Restartable | None) -> Callable[[], None] | None:
    return _limit_this if server is None else None


def _limit_this() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.RLIM_INFINITY))


@contextmanager
def _limited(server: Restartable | None) -> Iterator[None]:
    """The server started again such that it writes no larger files, and once more without that limit."""
    if server is None:
        yield
        return
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    server.stop()
    _limit_this()
    try:
        server.start()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    yield
    server.stop()
    server.start()

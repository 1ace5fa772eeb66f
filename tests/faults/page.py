"""The page of the figures: its parts, each between two comments, so that one can be measured anew by itself."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from tests.faults.database import PostgreSQL, System


class Size(NamedTuple):
    """How much is done.

    Attributes:
        name: what `--size` takes.
        processes, rounds: of those started together.
        every: each how manieth point, statement or restart is taken.
        instants: kills at random moments, for each system.
        restarts: each how manieth point a server is killed at.
        forgotten: seconds that a transaction is left open.
        rate: requests of the application a second.
        workers: trials under way at once.
    """

    name: str
    processes: int
    rounds: int
    every: int
    instants: int
    restarts: int
    forgotten: float
    rate: float
    workers: int


SIZES = (
    Size("small", 6, 2, 15, 4, 40, 5.0, 50.0, 2),
    Size("middle", 32, 10, 2, 120, 12, 20.0, 100.0, 4),
    Size("full", 32, 50, 1, 220, 4, 20.0, 100.0, 4),
)


def tell(words: str) -> None:
    """Progress, on standard error."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """In Markdown."""
    lines = [tuple(columns), ("---",) * len(columns), *(tuple(map(str, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |" for cells in lines)


def versions(systems: Iterable[System]) -> str:
    """What was measured, on what."""
    parts = [f"{name} {version(name)}" for name in ("limbeck", "alembic", "sqlalchemy", "psycopg", "pymysql")]
    parts.append(f"Python {platform.python_version()}")
    for system in systems:
        parts.append(f"{system.name} {_version(system)}")
    return f"{', '.join(parts)}; {platform.system()} {platform.machine()}, {os.cpu_count()} processors"


def _version(system: System) -> str:
    if isinstance(system, PostgreSQL):
        return ".".join(map(str, system.server.version))
    if system.name == "SQLite":
        return sqlite3.sqlite_version
    with system.database() as database:
        return str(database.rows("SELECT VERSION()")[0][0]).partition("-")[0]


def written(page: str, name: str, body: str) -> str:
    """The page with this part in place of the one of that name.

    Raises:
        ValueError: the page has no place for it.
    """
    begin, end = f"<!-- measured: {name} -->", f"<!-- end: {name} -->"
    pattern = re.compile(rf"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"the page has no place for {name}: {begin} and {end}")
    return pattern.sub(lambda _: f"{begin}\n{body.strip()}\n{end}", page)


def write(path: Path, name: str, body: str) -> None:
    """Put this part on the page."""
    path.write_text(written(path.read_text(encoding="utf-8"), name, body), encoding="utf-8")

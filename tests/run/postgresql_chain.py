"""A small chain on PostgreSQL, and ways to look at what it left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from tests.cli.projects import write_project, write_revision

BLOCK = "with op.get_context().autocommit_block():\n        "


def chain(folder: Path, url: str, *ups: str) -> None:
    """Revisions `r1`, `r2`, … in one line, each with one of the bodies."""
    write_project(folder, url)
    for old in (folder / "migrations" / "versions").glob("*.py"):
        old.unlink()
    for number, up in enumerate(ups, 1):
        write_revision(folder, f"r{number}", f"r{number - 1}" if number > 1 else None, "step", up=up)


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection past SQLAlchemy, every statement committed by itself."""
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def value(connection: psycopg.Connection[tuple[Any, ...]], sql: str) -> Any:
    """The first column of the first row."""
    row = connection.execute(sql).fetchone()
    return row[0] if row is not None else None

"""What the two scripts have in common: a database to work on, plain lines, and an exit code for every ending."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from kronos.address import describe, read_address
from kronos.chain import Step, current
from kronos.database import connect
from kronos.embedded import embedded_address
from kronos.errors import Exit, KronosError


def run(body: Callable[[Connection], Exit]) -> Exit:
    """Call `body` with a connection; report expected trouble in a line or two on standard error."""
    try:
        with _address() as url, connect(url) as connection:
            print(describe(url))
            return body(connection)
    except KronosError as error:
        sys.stdout.flush()  # so that where both streams are one file, what was said first stands first
        print(f"error: {error}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        return error.exit
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return Exit.INTERRUPTED


def list_steps(verb: str, steps: Iterable[Step]) -> None:
    """Print a line for each step."""
    for step in steps:
        print(f"{verb} {step.revision}  {step.purpose}")


def position(connection: Connection) -> str:
    """Where the database is, in words."""
    return ", ".join(current(connection)) or "base"


@contextmanager
def _address() -> Iterator[URL]:
    url = read_address(os.environ)
    if url is not None:
        yield url
        return
    with embedded_address() as url:
        print("DATABASE_URL is not set: using the embedded PostgreSQL")
        yield url

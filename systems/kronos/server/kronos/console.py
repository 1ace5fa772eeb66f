"""What the two scripts have in common: a database to work on, plain lines, and an exit code for every ending."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from kronos.address import describe, read_address
from kronos.chain import Step, current
from kronos.database import connect
from kronos.embedded import embedded_address
from kronos.errors import Exit, KronosError, reason


def run(body: Callable[[Connection], Exit]) -> Exit:
    """Call `body` with a connection; whatever happens, end with an exit code and the reason on standard error."""
    try:
        with _address() as url, connect(url) as connection:
            print(describe(url))
            return body(connection)
    except KronosError as error:
        return _fail(error.exit, f"error: {error}", *([f"hint: {error.hint}"] if error.hint else []))
    except DBAPIError as error:
        return _fail(Exit.FAILED, f"error: the database refused: {reason(error)}")
    except KeyboardInterrupt:
        return _fail(Exit.INTERRUPTED, "interrupted")
    except Exception:
        return _fail(Exit.BUG, traceback.format_exc().rstrip())


def list_steps(verb: str, steps: Iterable[Step]) -> None:
    """Print a line for each step."""
    for step in steps:
        print(f"{verb} {step.revision}  {step.purpose}")


def position(connection: Connection) -> str:
    """Where the database is, in words."""
    return ", ".join(current(connection)) or "base"


def _fail(exit_code: Exit, *lines: str) -> Exit:
    sys.stdout.flush()  # so that where both streams are one file, what was said first stands first
    for line in lines:
        print(line, file=sys.stderr)
    return exit_code


@contextmanager
def _address() -> Iterator[URL]:
    url = read_address(os.environ)
    if url is not None:
        yield url
        return
    with embedded_address() as url:
        print("DATABASE_URL is not set: using the embedded PostgreSQL")
        yield url

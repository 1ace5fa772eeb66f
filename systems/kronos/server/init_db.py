"""Initialise the database of Kronos Chat by running its migrations. A second time does nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy import Connection

from kronos.chain import upgrade
from kronos.console import list_steps, position, run
from kronos.errors import Exit


def initialise(connection: Connection) -> Exit:
    """Bring the database to the latest revision, and say whether there was anything to do."""
    steps = upgrade(connection)
    list_steps("applied", steps)
    state = "initialised: now" if steps else "already initialised: nothing to do,"
    print(f"{state} at {position(connection)}")
    return Exit.DONE


def main(argv: Sequence[str] | None = None) -> Exit:
    """The command line; the result is the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="The database is the one in DATABASE_URL.")
    parser.parse_args(argv)
    return run(initialise)


if __name__ == "__main__":
    sys.exit(main())

"""Run the migrations of Kronos Chat, up or down."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from kronos.chain import downgrade, row_counts, undone_by, upgrade
from kronos.console import list_steps, position, run
from kronos.errors import ConfigurationError, Exit


def go_up(connection: Connection, target: str) -> Exit:
    """Upgrade to `target`."""
    steps = upgrade(connection, target)
    list_steps("applied", steps)
    print(f"{'now' if steps else 'nothing to do: already'} at {position(connection)}")
    return Exit.DONE


def go_down(connection: Connection, target: str, *, confirmed: bool) -> Exit:
    """Downgrade to `target`, once the caller has agreed to lose what that destroys."""
    undone = undone_by(connection, target)
    if not undone:
        print(f"nothing to do: already at {position(connection)}")
        return Exit.DONE
    list_steps("would undo", undone)
    print("this destroys data; the tables hold now:")
    for table, rows in row_counts(connection):
        print(f"  {table}: {rows} {'row' if rows == 1 else 'rows'}")
    if not (confirmed or _agreed()):
        print(f"nothing was done: still at {position(connection)}")
        return Exit.DECLINED
    list_steps("undone", downgrade(connection, target))
    print(f"now at {position(connection)}")
    return Exit.DONE


def main(argv: Sequence[str] | None = None) -> Exit:
    """The command line; the result is the exit code."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.upgrade:
        return run(partial(go_up, target=options.revision or "head"))
    if options.downgrade:
        return run(partial(go_down, target=options.revision or "base", confirmed=options.yes))
    parser.print_help(sys.stderr)
    return Exit.USAGE


def _agreed() -> bool:
    """Ask on the terminal; without one nobody can answer, and that is a refusal."""
    if sys.stdin is None or not sys.stdin.isatty():  # None when it is closed
        raise ConfigurationError("a downgrade destroys data, and there is no terminal to ask on", hint="add --yes")
    print("go on? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, epilog="The database is the one in DATABASE_URL.")
    direction = parser.add_mutually_exclusive_group()
    direction.add_argument("--upgrade", action="store_true", help="to the latest revision, or to --revision")
    direction.add_argument("--downgrade", action="store_true", help="to base, or to --revision; this destroys data")
    parser.add_argument("--revision", metavar="X", help="stop at this revision: an id, head, base, +1 or -1")
    parser.add_argument("--yes", action="store_true", help="do not ask before a downgrade")
    return parser


if __name__ == "__main__":
    sys.exit(main())

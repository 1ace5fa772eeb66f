"""The command line: one file a command; composition, exit codes, and the only place that prints.

Each module named in `COMMANDS` has a docstring (its `--help`), `add_arguments(parser)` and `run(session) -> int`.
Only the
module of the command that was typed is imported.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from limbeck.cli.commands import COMMANDS, GROUPS

__all__ = ["COMMANDS", "GROUPS", "main"]


def main(argv: Sequence[str] | None = None, *, clock: Callable[[], float] = time.perf_counter) -> int:
    """Run one command.

    Args:
        argv: the words after `limbeck`; those of this process by default.
        clock: seconds from an arbitrary start.

    Returns:
        the process' exit status; see `limbeck.model.errors` for what each means.
    """
    from limbeck.cli.dispatch import dispatch

    return dispatch(list(sys.argv[1:] if argv is None else argv), clock)

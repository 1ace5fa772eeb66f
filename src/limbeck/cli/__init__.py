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

__all__ = ["COMMANDS", "GROUPS", "console", "main"]


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


def console() -> int:
    """`main` as a process of its own: ended by SIGTERM as by Ctrl-C, and by its output's reader without a word."""
    import os
    import signal

    def interrupt(*_arguments: object) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)
    status = main()
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter would try once more at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if sys.stderr is not None:
            print(f"limbeck: the output cannot be written: {error.strerror}", file=sys.stderr)
        return status or 2
    return status

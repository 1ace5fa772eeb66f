"""The command line: one file a command; composition, exit codes, and the only place that prints.

Each module named in `COMMANDS` has a docstring (its `--help`), `add_arguments(parser)` and `run(session) -> int`.
Only the
module of the command that was typed is imported.
"""

from __future__ import annotations

import gc
import os
import sys
import time

from limbeck.cli.commands import COMMANDS, GROUPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from limbeck.model.process import Process

# Objects that are made before the collector looks at them: most of what a command makes stays to its end.
_YOUNG = 200_000

__all__ = ["COMMANDS", "GROUPS", "console", "main"]


def main(
    argv: Sequence[str] | None = None,
    *,
    clock: Callable[[], float] = time.perf_counter,
    own_process: bool = False,
    process: Process | None = None,
) -> int:
    """Run one command.

    Args:
        argv: the words after `limbeck`; those of this process by default.
        clock: seconds from an arbitrary start.
        own_process: the process is limbeck's, so that a run may take its signals.
        process: who runs and where, as the journal tells it; asked of the system when it is wanted.

    Returns:
        the process' exit status; see `limbeck.model.errors` for what each means.
    """
    from limbeck.cli.dispatch import dispatch

    return dispatch(list(sys.argv[1:] if argv is None else argv), clock, own_process, process)


def console() -> int:
    """`main` as a process of its own: a run ends by SIGTERM as by Ctrl-C, and output that nobody reads without a
    word.
    """
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
    status = main(own_process=True)
    awaits_the_end = _awaits_the_end()
    if not awaits_the_end and "atexit" in sys.modules:
        sys.modules["atexit"]._run_exitfuncs()  # as the interpreter would
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
    if not awaits_the_end:
        os._exit(status)  # to take the interpreter down piece by piece takes longer than to read a thousand files
    return status


def _awaits_the_end() -> bool:
    """Whether a thread is to be finished, or a project was imported, which may count on being taken down."""
    return "sqlalchemy" in sys.modules or ("threading" in sys.modules and sys.modules["threading"].active_count() > 1)

"""Runs one command once for every line on standard input, and answers each with `seconds KiB status`.

    python -I -S launcher.py OUTPUT ERRORS COMMAND [ARGUMENT...]

The kernel counts the memory of the process that starts a command into the command's own peak, until it runs.  So this
one is small: without site-packages, and with three imports that cost nothing.
"""

import os
import sys
import time


def main() -> None:
    """Serve until standard input ends."""
    output, errors, *command = sys.argv[1:]
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, write, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, errors, write, 0o600),
    ]
    for _ in sys.stdin:
        begin = time.perf_counter()
        child = os.posix_spawn(command[0], command, os.environ, file_actions=files)
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - begin
        kib = usage.ru_maxrss >> 10 if sys.platform == "darwin" else usage.ru_maxrss
        sys.stdout.write(f"{seconds!r} {kib} {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


main()

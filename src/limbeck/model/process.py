"""The process that runs, as the run lock and the journal tell of it."""

from __future__ import annotations

from limbeck.model.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Process(NamedTuple):
    """Who runs, where, and what time it is there.

    Attributes:
        user: name of the system's user.
        host: name of the machine.
        pid: number of the process.
        now: the time, in UTC.
        clock: seconds from an arbitrary start, with which statements are timed.
        new_id: a name that no other run has.
    """

    user: str
    host: str
    pid: int
    now: Callable[[], datetime]
    clock: Callable[[], float]
    new_id: Callable[[], str]


def this_process() -> Process:
    """The process in which we are."""
    import os
    import socket
    import time
    from datetime import UTC, datetime
    from getpass import getuser

    try:
        user = getuser()
    except (OSError, KeyError):  # a container's user that no list has
        user = str(os.getuid())
    return Process(
        user,
        socket.gethostname(),
        os.getpid(),
        lambda: datetime.now(UTC),
        time.perf_counter,
        lambda: os.urandom(6).hex(),
    )

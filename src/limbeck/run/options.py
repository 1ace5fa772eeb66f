"""What a run is told besides its target: bounds, the journal, and who runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run.

    Attributes:
        wait: seconds to wait at most for another run on the same database to end; 0 gives up at once.
        host: name of the machine that runs, for whoever waits and for the journal.
        pid: its process.
    """

    wait: float
    host: str
    pid: int

"""What a run is told besides its target: bounds, the journal, and who runs."""

from __future__ import annotations

from dataclasses import dataclass

from limbeck.model.bounds import Bounds


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run.

    Attributes:
        wait: seconds to wait at most for another run on the same database to end; 0 gives up at once.
        host: name of the machine that runs, for whoever waits and for the journal.
        pid: its process.
        bounds: those of every step whose file declares no others.
    """

    wait: float
    host: str
    pid: int
    bounds: Bounds

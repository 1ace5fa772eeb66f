"""What a run is told besides its target: bounds, the journal, and who runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.model.record import NamedTuple

if TYPE_CHECKING:
    from limbeck.model.bounds import Bounds
    from limbeck.model.process import Process


class RunOptions(NamedTuple):
    """How to run.

    Attributes:
        wait: seconds to wait at most for another run on the same database to end; 0 gives up at once.
        journal: name of the journal's table; "off" for none.
        process: who runs and where, for whoever waits and for the journal.
        bounds: those of every step whose file declares no others.
        afresh: what an earlier run has done of a step, and not ended, does not count.
    """

    wait: float
    journal: str
    process: Process
    bounds: Bounds
    afresh: bool = False

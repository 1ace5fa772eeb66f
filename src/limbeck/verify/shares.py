"""How many processes prove a chain, and which revisions each of them."""

from __future__ import annotations

import os
from collections.abc import Sequence

_WORTH_A_PROCESS = 20  # revisions; a process takes as long to start as some of them to prove
_MOST = 8
# In proofs: how much later another process begins than this one, and what it takes to keep a state at the end.
_STARTING, _ENDING = 2, 12
_BESIDES = 0.9  # how fast this process proves, in proofs of another: it takes what they find, too


def processes_for(revisions: int) -> int:
    """How many processes prove so many revisions fastest, as far as this machine's processors go."""
    affinity = getattr(os, "sched_getaffinity", None)
    processors = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return max(1, min(processors, revisions // _WORTH_A_PROCESS, _MOST))


def shares(revisions: Sequence[str], count: int, passing: float) -> tuple[tuple[str, ...], ...]:
    """Revisions, in the order of execution, in so many runs of neighbours or fewer, none of them empty.

    Each process first runs what comes before its share, so that the shares are the smaller the later they begin: all
    end at about the same time.

    Args:
        passing: what it costs to run a revision on the way to those that are to be proved, in proofs.
    """
    # Each share ends at slope * time + offset: who begins at n, and has other things to do too, ends at
    # n + time - passing * n - these.
    most = len(revisions) / (4 * count)
    besides = [0.0, *[min(_STARTING, most)] * (count - 1)]
    besides[-1] += min(_ENDING, most) if count > 1 else 0
    slope, offset, lines = 0.0, 0.0, []
    for place, own in enumerate(besides):
        speed = _BESIDES if place == 0 and count > 1 else 1
        slope, offset = slope * (1 - passing) + speed, offset * (1 - passing) - own
        lines.append((slope, offset))
    length = (len(revisions) - offset) / slope
    ends = [min(len(revisions), max(0, round(offset + slope * length))) for slope, offset in lines]
    ends = [max(ends[: place + 1]) for place in range(count)]
    begins = [0, *ends[:-1]]
    return tuple(tuple(revisions[begin:end]) for begin, end in zip(begins, ends, strict=True) if begin < end)

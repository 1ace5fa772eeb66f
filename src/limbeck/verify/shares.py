"""How many processes prove a chain, and which revisions each of them."""

from __future__ import annotations

import os
from collections.abc import Sequence

_WORTH_A_PROCESS = 20  # revisions; a process takes as long to start as some of them to prove
_MOST = 8
# In proofs: how much later another process begins than this one, and what it takes to keep a state at the end.
_STARTING, _ENDING = 4, 4
_TAKING = 0.02  # what another finds, in proofs


def processes_for(revisions: int) -> int:
    """How many processes prove so many revisions fastest, as far as this machine's processors go."""
    affinity = getattr(os, "sched_getaffinity", None)
    processors = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return max(1, min(processors, revisions // _WORTH_A_PROCESS, _MOST))


def shares(revisions: Sequence[str], count: int, passing: float, before: float = 0) -> tuple[tuple[str, ...], ...]:
    """Revisions in so many runs of neighbours, some of which may be empty: that of this process, and of others.

    Each process first runs what comes before its share, so that the shares are the smaller the later they begin: all
    end at about the same time.

    Args:
        revisions: in the order of execution.
        passing: what it costs to run a revision on the way to those that are to be proved, in proofs.
        before: what the first of the others has to do before, in proofs; it proves the first revisions then.
    """
    # Each share ends at slope * time + offset: who begins at n, and has other things to do too, ends at
    # n + time - passing * n - these.
    most = len(revisions) / (4 * count)
    besides = [min(_STARTING, most)] * count
    besides[0] += before
    besides[1 if before else 0] = _TAKING * len(revisions)
    besides[-1] += min(_ENDING, most) if count > 1 else 0
    slope, offset, lines = 0.0, 0.0, []
    for each in besides:
        slope, offset = slope * (1 - passing) + 1, offset * (1 - passing) - each
        lines.append((slope, offset))
    length = (len(revisions) - offset) / slope
    ends = [min(len(revisions), max(0, round(offset + slope * length))) for slope, offset in lines]
    if before and ends[0] == 0:  # that is enough
        own, *others = shares(revisions, count - 1, passing)
        return (own, (), *others)
    ends = [max(ends[: place + 1]) for place in range(count)]
    begins = [0, *ends[:-1]]
    found = tuple(tuple(revisions[begin:end]) for begin, end in zip(begins, ends, strict=True))
    return (found[1], found[0], *found[2:]) if before else found

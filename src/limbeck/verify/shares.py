"""How many processes prove a chain, and which revisions each of them."""

from __future__ import annotations

import os
from collections.abc import Sequence

_WORTH_A_PROCESS = 20  # revisions; a process takes as long to start as some of them to prove
_MOST = 8
_OF_A_PROOF = 0.4  # what it costs to run a revision on the way to those that are to be proved, and give it rows


def processes_for(revisions: int) -> int:
    """How many processes prove so many revisions fastest, as far as this machine's processors go."""
    affinity = getattr(os, "sched_getaffinity", None)
    processors = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return max(1, min(processors, revisions // _WORTH_A_PROCESS, _MOST))


def shares(revisions: Sequence[str], count: int) -> tuple[tuple[str, ...], ...]:
    """Revisions, in the order of execution, in so many runs of neighbours or fewer, none of them empty.

    Each process first runs what comes before its share, so that the shares are the smaller the later they begin: all
    end at about the same time.
    """
    weights = [(1 - _OF_A_PROOF) ** number for number in range(count)]
    ends = [round(len(revisions) * sum(weights[: number + 1]) / sum(weights)) for number in range(count)]
    begins = [0, *ends[:-1]]
    return tuple(tuple(revisions[begin:end]) for begin, end in zip(begins, ends, strict=True) if begin < end)

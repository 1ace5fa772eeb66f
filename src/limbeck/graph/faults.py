"""Faults of a chain."""
from __future__ import annotations
from limbeck.model.revision import Fault
def chain_faults(graph, revisions, *, width):
    return ()

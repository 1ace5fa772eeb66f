"""A revision could not be run on the scratch database, so nothing is known of it.

Hazard: what nobody has tried is found out in production.

Why: the scratch server does not have an extension; the file imports what is not installed; the chain begins on tables
that something else makes; or an earlier revision does not run, and nothing behind it can.  What does not follow it is
proved all the same.

When to suppress: it is proved elsewhere; say where.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard
from limbeck.model.finding import Severity
from limbeck.verify.proof.places import Places
from limbeck.verify.proof.seen import Seen

SEVERITY = Severity.WARNING


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """A revision of which something was left out."""
    if seen.trip.left_out is not None:
        remedy = "# name a server that has it: --scratch postgresql://user@host/postgres"
        yield hazard(seen.trip.left_out, seen.revision.path, remedy)


def hazard(reason: str, path: str, remedy: str = "") -> Hazard:
    """What is told of a revision of which nothing is known."""
    place = Places(path).function("upgrade")
    return Hazard(f"not proved: {reason}", "nobody knows whether there is a way back", remedy, span=place)

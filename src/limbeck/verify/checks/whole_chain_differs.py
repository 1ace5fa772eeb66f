"""The whole chain, in one run, does not lead where its revisions lead one by one; or not back to an empty database.

Hazard: a new database is not what the old one has become; a test that goes to base and up again fails.

Why: the chain was run from base to head, back to base, and to head again, each as one command, without rows; and the
catalogue at each end was compared with that of the proof revision by revision, and with the empty database.

When to suppress: the difference is wanted; say which.
"""

from __future__ import annotations

from limbeck.database.catalogue import Action, Change
from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.places import Places
from limbeck.verify.proof.trip import Stopped

SEVERITY = Severity.ERROR


def at_the_end(change: Change, when: str, path: str | None, function: str) -> Hazard:
    """A difference of the catalogues.

    Args:
        when: the walk, as `after base to head in one run`.
        path: the file of the revision that touched it last; None when none did.
        function: the one to look at.
    """
    if change.action is Action.CREATED:
        words = f"{change.identity} is there"
    elif change.action is Action.DROPPED:
        words = f"{change.identity} is missing"
    else:
        words = change.sentence
    place = None if path is None else Places(path).function(function)
    return Hazard(f"{when}, {words}", "two databases with the same version differ", span=place, known=Known.MEASURED)


def stopped_at(stopped: Stopped, when: str, path: str, function: str) -> Hazard:
    """A walk that did not come to its end."""
    return Hazard(
        f"{when}, {function}() fails: {stopped.error}",
        "the same revision goes one by one, and not on this way",
        span=stopped.span or Places(path).function(function),
        known=Known.MEASURED,
    )

"""Parallel branches lead to another schema, or fail, in another order.

Hazard: whose branch is merged first decides what the database is, and no two databases agree.

Why: the chain was run on two empty databases, with the revisions of parallel branches the other way round on the
second, and the catalogues compared.

When to suppress: never; let one branch follow the other, or say `depends_on`.
"""

from __future__ import annotations

from limbeck.database.catalogue import Change
from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.places import Places
from limbeck.verify.proof.trip import Stopped

SEVERITY = Severity.ERROR
_EFFECT = "the order in which branches are merged and deployed decides what the database is"
_REMEDY = "depends_on = ...  # the revision of the other branch that has to run first"


def differs(change: Change, path: str | None) -> Hazard:
    """Another schema."""
    place = None if path is None else Places(path).function("upgrade")
    words = f"with the branches the other way round, {change.sentence}"
    return Hazard(words, _EFFECT, _REMEDY, span=place, known=Known.MEASURED)


def fails(stopped: Stopped, path: str, *, other: bool) -> Hazard:
    """A revision that does not run behind those of a parallel branch.

    Args:
        other: in the order that is not the usual one.
    """
    order = "with the branches the other way round" if other else "behind the revisions of a parallel branch"
    return Hazard(
        f"{order}, upgrade() fails: {stopped.error}",
        _EFFECT,
        _REMEDY,
        span=stopped.span or Places(path).function("upgrade"),
        known=Known.MEASURED,
    )

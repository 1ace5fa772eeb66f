"""What to do after a step has failed: the hint below the message."""

from __future__ import annotations

from limbeck.environment.failure import sqlstate
from limbeck.model.errors import LimbeckError
from limbeck.sql.boundaries import AUTOCOMMIT_BLOCK

_BY_SQLSTATE = {
    "25001": f"in the revision, put what cannot run in a transaction into `{AUTOCOMMIT_BLOCK}`",
    "55P04": f"in the revision, add the new value in `{AUTOCOMMIT_BLOCK}`, which commits it before it is used",
}


def way_on(error: BaseException | None, *, part_stays: bool) -> str:
    """The hint after a failure.

    Args:
        error: what the step failed with; None when none did.
        part_stays: something that the step did was committed.
    """
    if isinstance(error, LimbeckError) and error.hint is not None:
        return error.hint
    if part_stays:
        return "what the step did before it failed stays: undo that by hand, then type the same command again"
    known = _BY_SQLSTATE.get(sqlstate(error) or "") if error is not None else None
    return known or "correct it, then type the same command again; what was applied stays applied"

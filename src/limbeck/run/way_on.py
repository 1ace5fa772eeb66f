"""What to do after a step has failed: the hint below the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.environment.failure import sqlstate
from limbeck.environment.step_guard import RolledBack
from limbeck.model.errors import LimbeckError
from limbeck.sql.boundaries import AUTOCOMMIT_BLOCK

if TYPE_CHECKING:
    from limbeck.run.layers import Layers

_BY_SQLSTATE = {
    "25001": f"in the revision, put what cannot run in a transaction into `{AUTOCOMMIT_BLOCK}`",
    "55P04": f"in the revision, add the new value in `{AUTOCOMMIT_BLOCK}`, which commits it before it is used",
}

_APPLIED = "what was applied stays applied"
_BEHIND_IT = (
    "what the step did before it failed stays: correct the rest, and type the same command again to go on behind it; "
    "or undo it by hand and add --afresh"
)
_BY_HAND = "what the step did before it failed stays: undo that by hand, then type the same command again with --afresh"


def way_on(error: BaseException | None, layers: Layers | None) -> str:
    """The hint after a failure.

    Args:
        error: what the step failed with; None when none did.
        layers: know what is kept of the step; None without a step.
    """
    kept = None
    if layers is not None and layers.kept:
        kept = _BEHIND_IT if layers.taken_down else _BY_HAND
    if isinstance(error, RolledBack):
        return f"{error.hint}; {kept or _APPLIED}"
    if isinstance(error, LimbeckError) and error.hint is not None:
        return error.hint
    if kept is not None:
        return kept
    known = _BY_SQLSTATE.get(sqlstate(error) or "") if error is not None else None
    return known or f"correct it, then type the same command again; {_APPLIED}"

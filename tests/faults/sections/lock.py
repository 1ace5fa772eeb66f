"""A lock that is never let go."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.faults.database import systems
from tests.faults.lock import Bounds, held_lock
from tests.faults.page import Size, table, tell
from tests.faults.subject import SUBJECTS

_COLUMNS = ("system", "program", "waited", "ended by", "named the holder", "exit status", "the next run")
_BOUNDS = Bounds(lock_timeout=1.0, lock_wait=5.0)


def measured(size: Size, _folder: Path) -> str:
    """The table."""
    rows = []
    with systems() as found:
        for system in found:
            for subject in SUBJECTS:
                with tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder:
                    refusal = held_lock(subject, system, _BOUNDS, size.forgotten, Path(folder))
                said = "no" if refusal.said_after is None else f"after {refusal.said_after:.1f} s"
                end, status = ("itself", refusal.trial.first.status) if refusal.gave_up else ("us", "")
                rows.append(
                    (
                        system.name,
                        subject.name,
                        f"{refusal.waited:.1f} s",
                        end,
                        said,
                        status,
                        refusal.trial.outcome.value,
                    )
                )
                tell(" | ".join(map(str, rows[-1])))
    words = f"`lock_timeout` {_BOUNDS.lock_timeout:g} s, `lock_wait` {_BOUNDS.lock_wait:g} s; "
    return f"{words}we end what has not ended after {size.forgotten:g} s.\n\n{table(_COLUMNS, rows)}"

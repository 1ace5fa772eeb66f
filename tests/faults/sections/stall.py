"""An application beside a forgotten transaction."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.faults.database import PostgreSQL, systems
from tests.faults.lock import Bounds
from tests.faults.page import Size, table, tell
from tests.faults.picture import picture
from tests.faults.stall import stall
from tests.faults.subject import SUBJECTS

_COLUMNS = ("program", "requests", "longest", "longer than 100 ms", "longer than 1 s", "the upgrade's exit status")
_BOUNDS = Bounds(lock_timeout=1.0, lock_wait=120.0)
_TITLE = "How long requests take while a column is added, and a transaction has been forgotten"


def measured(size: Size, folder: Path) -> str:
    """The table and the picture, which is written to the folder."""
    stalls = []
    with systems(("PostgreSQL",)) as (system,):
        assert isinstance(system, PostgreSQL)
        for subject in SUBJECTS:
            with tempfile.TemporaryDirectory(prefix="limbeck-faults-") as project:
                met = stall(subject, system, _BOUNDS, Path(project), forgotten=size.forgotten, rate=size.rate)
            stalls.append(met)
            tell(f"{met.subject}: {met.longest:.3f} s, {met.upgraded.status}")
    (folder / "stall.svg").write_text(picture(stalls, _TITLE, _BOUNDS.lock_timeout), encoding="utf-8")
    rows = [
        (
            *(met.subject, f"{len(met.requests):,}", f"{met.longest:.2f} s"),
            *(met.slower_than(0.1), met.slower_than(1.0), met.upgraded.status),
        )
        for met in stalls
    ]
    words = (
        f"{size.rate:g} requests a second; the transaction stays open for {size.forgotten:g} s; "
        f"`lock_timeout` is {_BOUNDS.lock_timeout:g} s."
    )
    return f"{words}\n\n![{_TITLE}](stall.svg)\n\n{table(_COLUMNS, rows)}"

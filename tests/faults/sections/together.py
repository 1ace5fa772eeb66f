"""Many processes started at the same instant."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.faults.database import System, systems
from tests.faults.page import Size, table, tell
from tests.faults.subject import LIMBECK, SUBJECTS
from tests.faults.together import STARTS, Rivals, Round, failures

_COLUMNS = ("system", "database", "program", "rounds of processes", "exit status 0", "each revision once", "as one run")
_LESS = 5  # times fewer rounds of plain Alembic: what becomes of it is seen after a few


def measured(size: Size, _folder: Path) -> str:
    """The table, and what the processes that failed said."""
    rows, said = [], []
    with systems() as found:
        for system in found:
            with tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder:
                rivals = Rivals(system, Path(folder))
                for start in STARTS:
                    for subject in SUBJECTS:
                        count = size.rounds if subject is LIMBECK else max(1, size.rounds // _LESS)
                        rounds = [rivals.round(subject, start, size.processes) for _ in range(count)]
                        rows.append(_row(system, start, subject.name, rounds))
                        said += [
                            (system.name, start, subject.name, n, what) for what, n in failures(rounds).most_common(3)
                        ]
                        tell(" | ".join(map(str, rows[-1])))
    parts = [table(_COLUMNS, rows)]
    if said:
        parts.append("What most of the processes that failed said:")
        parts.append(
            table(
                ("system", "database", "program", "times", "words"), [(*row[:4], f"`{row[4][:110]}`") for row in said]
            )
        )
    return "\n\n".join(parts)


def _row(system: System, start: str, name: str, rounds: list[Round]) -> tuple[object, ...]:
    processes = sum(len(one.ended) for one in rounds)
    of = f"of {len(rounds)}"
    return (
        *(system.name, start, name, f"{len(rounds)} of {processes // len(rounds)}"),
        f"{sum(one.succeeded for one in rounds):,} of {processes:,}",
        *(f"{sum(one.once for one in rounds)} {of}", f"{sum(one.right for one in rounds)} {of}"),
    )

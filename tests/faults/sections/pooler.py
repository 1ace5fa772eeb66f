"""Behind a pooler, and with a blocking lock."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.faults.blocking import LOCKING_ENV_PY, meeting
from tests.faults.chain import ENV_PY
from tests.faults.database import PostgreSQL, systems
from tests.faults.page import Size, table, tell
from tests.faults.pooler import behind_pooler
from tests.faults.subject import ALEMBIC, LIMBECK, SUBJECTS

_POOLED = ("program", "processes", "exit status 0", "the first failure said", "tables made")
_MET = ("program", "env.py", "exit statuses", "deadlocks", "INVALID indexes left")
_PROCESSES = (1, 8)


def measured(_size: Size, _folder: Path) -> str:
    """Both tables."""
    pooled, met = [], []
    with systems(("PostgreSQL",)) as (system,):
        assert isinstance(system, PostgreSQL)
        for subject in SUBJECTS:
            for processes in _PROCESSES:
                with tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder:
                    runs = behind_pooler(subject, system, Path(folder), processes)
                failed = [f"`{ended.reason[:120]}`" for ended in runs.ended if ended.status != 0]
                succeeded = sum(ended.status == 0 for ended in runs.ended)
                pooled.append(
                    (subject.name, processes, succeeded, failed[0] if failed else "", len(runs.tables - {"ran"}))
                )
                tell(" | ".join(map(str, pooled[-1])))
        cases = ((ALEMBIC, "takes a blocking advisory lock", LOCKING_ENV_PY), (LIMBECK, "plain", ENV_PY))
        for subject, words, env_py in cases:
            with tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder:
                two = meeting(subject, system, Path(folder), env_py)
            statuses = ", ".join(str(ended.status) for ended in two.ended)
            met.append((subject.name, words, statuses, two.deadlocks, ", ".join(two.invalid) or "none"))
            tell(" | ".join(map(str, met[-1])))
    return "\n\n".join(
        (
            "Behind PgBouncer with `pool_mode = transaction`:",
            table(_POOLED, pooled),
            "Two runners at once, with `CREATE INDEX CONCURRENTLY` in the chain:",
            table(_MET, met),
        )
    )

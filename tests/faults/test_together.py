"""Several deploys at once: one runs, the others wait and find nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.blocking import LOCKING_ENV_PY, meeting
from tests.faults.chain import ENV_PY
from tests.faults.conftest import SYSTEMS
from tests.faults.database import PostgreSQL, System
from tests.faults.subject import ALEMBIC, LIMBECK
from tests.faults.together import STARTS, Rivals, failures

PROCESSES = 4
ROUNDS = 20


@pytest.mark.parametrize("system", SYSTEMS, indirect=True)
def test_every_revision_runs_once_and_every_process_succeeds(system: System, tmp_path: Path) -> None:
    rivals = Rivals(system, tmp_path)
    for start in STARTS:
        one = rivals.round(LIMBECK, start, PROCESSES)
        assert (one.succeeded, one.once, one.right) == (PROCESSES, True, True), (start, failures([one]))


def test_plain_alembic_does_not_pass(postgresql: PostgreSQL, tmp_path: Path) -> None:
    """Not in every round: on a busy machine one of them may be through before the others begin."""
    rivals = Rivals(postgresql, tmp_path)
    assert any(rivals.round(ALEMBIC, "empty", PROCESSES).succeeded < PROCESSES for _ in range(ROUNDS))


def test_a_blocking_lock_of_env_py_deadlocks_with_an_index_online(postgresql: PostgreSQL, tmp_path: Path) -> None:
    met = meeting(ALEMBIC, postgresql, tmp_path, LOCKING_ENV_PY)
    assert met.invalid == ("account_x_i",)
    assert [ended.status for ended in met.ended] == [1, 1]
    assert any("DeadlockDetected" in ended.text for ended in met.ended)


def test_the_run_lock_does_not(postgresql: PostgreSQL, tmp_path: Path) -> None:
    met = meeting(LIMBECK, postgresql, tmp_path, ENV_PY)
    assert [ended.status for ended in met.ended] == [0, 0], [ended.text for ended in met.ended]
    assert (met.invalid, met.deadlocks) == ((), 0)

"""kill -9, and the next run; a few points of the hundreds that `tools/reliability.py` takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.conftest import SYSTEMS
from tests.faults.database import MariaDB, System
from tests.faults.kill import Killing
from tests.faults.subject import ALEMBIC, LIMBECK
from tests.faults.verdict import Outcome, Trial

POINTS = 4
INSTANTS = 2


@pytest.mark.parametrize("system", SYSTEMS, indirect=True)
def test_the_next_run_ends_as_an_undisturbed_one(system: System, tmp_path: Path) -> None:
    killing = Killing(LIMBECK, system, tmp_path)
    # Spread over the chain, and the last of them at what follows a step outside of transactions.
    outside = next(
        number
        for number, point in enumerate(killing.points, 1)
        if point.startswith("after CREATE") and "account_code_i" in point
    )
    spread = range(3, len(killing.points), len(killing.points) // POINTS)
    trials = killing.at_points([*spread, outside]) + killing.at_random(INSTANTS, seed=1)
    assert bad(trials) == []


@pytest.mark.mariadb
def test_plain_alembic_does_not_pass(mariadb_socket: Path, tmp_path: Path) -> None:
    killing = Killing(ALEMBIC, MariaDB(mariadb_socket), tmp_path)
    number = 1 + killing.points.index("after CREATE INDEX entry_amount_i ON entry (amount)")
    (trial,) = killing.at_points([number])
    assert (trial.outcome, trial.detail) == (Outcome.WRONG, "l2 ran twice")


def bad(trials: list[Trial]) -> list[str]:
    """What did not end as undisturbed."""
    return [f"{one.where}: {one.outcome.value}: {one.detail}" for one in trials if one.outcome is not Outcome.EQUAL]

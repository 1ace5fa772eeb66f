"""A lock that is never let go, and an application beside a forgotten transaction."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.faults.database import PostgreSQL, System
from tests.faults.lock import HOLDER, Bounds, held_lock
from tests.faults.stall import stall
from tests.faults.subject import ALEMBIC, LIMBECK, PATIENCE
from tests.faults.verdict import Outcome

BOUNDS = Bounds(lock_timeout=1, lock_wait=2)
FORGOTTEN = 2.0  # seconds
BOUNDED = (
    pytest.param("PostgreSQL", id="postgresql"),
    pytest.param("MariaDB", id="mariadb", marks=pytest.mark.mariadb),
    pytest.param("SQLite", id="sqlite"),
)


@pytest.mark.parametrize("system", BOUNDED, indirect=True)
def test_a_lock_held_for_ever_is_waited_for_within_bounds(system: System, tmp_path: Path) -> None:
    refusal = held_lock(LIMBECK, system, BOUNDS, patience=PATIENCE, folder=tmp_path)
    assert refusal.gave_up
    assert refusal.trial.first.status in (4, 5), refusal.trial.first.text
    assert "hint: " in refusal.trial.first.err
    if system.name == "PostgreSQL":
        assert refusal.said_after is not None, refusal.trial.first.text
        at_once = rf"  waiting for a lock: held by pid .*{HOLDER}"
        assert re.search(at_once, refusal.trial.first.err), "not at the end alone"
    assert refusal.trial.truthful
    assert refusal.trial.outcome is Outcome.EQUAL, refusal.trial.detail


def test_an_application_is_kept_waiting_no_longer_than_the_lock_timeout(postgresql: PostgreSQL, tmp_path: Path) -> None:
    """The server says so: a request that had waited for a lock any longer would have failed."""
    bounds = Bounds(lock_timeout=0.5, lock_wait=60)
    met = stall(LIMBECK, postgresql, bounds, tmp_path, forgotten=FORGOTTEN, rate=50, bearable=FORGOTTEN - 0.5)
    assert met.upgraded.status == 0, met.upgraded.text
    assert met.until > met.forgotten[1], "the change came when the transaction had ended"


def test_under_plain_alembic_it_waits_as_long_as_the_transaction_lasts(postgresql: PostgreSQL, tmp_path: Path) -> None:
    met = stall(ALEMBIC, postgresql, BOUNDS, tmp_path, forgotten=FORGOTTEN, rate=50)
    assert met.upgraded.status == 0, met.upgraded.text
    assert met.longest > FORGOTTEN - 0.5

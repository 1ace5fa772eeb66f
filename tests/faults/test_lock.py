"""A lock that is never let go, and an application beside a forgotten transaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.database import PostgreSQL, System
from tests.faults.lock import Bounds, held_lock
from tests.faults.stall import stall
from tests.faults.subject import ALEMBIC, LIMBECK
from tests.faults.verdict import Outcome

BOUNDS = Bounds(lock_timeout=0.3, lock_wait=3)
START_AND_END = 6.0  # seconds that a process needs beside its waits, on a busy machine
ONE_STATEMENT = 0.5  # seconds, on a busy machine
FORGOTTEN = 5.0  # seconds
BUSY = 5.0  # seconds of SQLite's own `busy_timeout`, in each try
BOUNDED = (
    pytest.param("PostgreSQL", id="postgresql"),
    pytest.param("MariaDB", id="mariadb", marks=pytest.mark.mariadb),
    pytest.param("SQLite", id="sqlite"),
)


@pytest.mark.parametrize("system", BOUNDED, indirect=True)
def test_a_lock_held_for_ever_is_waited_for_within_bounds(system: System, tmp_path: Path) -> None:
    refusal = held_lock(LIMBECK, system, BOUNDS, patience=15, folder=tmp_path)
    assert refusal.gave_up
    assert refusal.waited < BOUNDS.lock_wait + START_AND_END + (2 * BUSY if system.name == "SQLite" else 0)
    assert refusal.trial.first.status in (4, 5), refusal.trial.first.text
    assert "hint: " in refusal.trial.first.err
    if system.name == "PostgreSQL":
        assert refusal.said_after is not None, refusal.trial.first.text
        assert refusal.said_after < refusal.waited - BOUNDS.lock_wait / 2, "said at once, not at the end"
    assert refusal.trial.truthful
    assert refusal.trial.outcome is Outcome.EQUAL, refusal.trial.detail


def test_an_application_is_kept_waiting_no_longer_than_the_lock_timeout(postgresql: PostgreSQL, tmp_path: Path) -> None:
    bounds = Bounds(lock_timeout=0.5, lock_wait=60)
    met = stall(LIMBECK, postgresql, bounds, tmp_path, forgotten=FORGOTTEN, rate=50)
    assert met.upgraded.status == 0, met.upgraded.text
    assert met.until > met.forgotten[1], "the change came when the transaction had ended"
    assert met.longest < bounds.lock_timeout + ONE_STATEMENT


def test_under_plain_alembic_it_waits_as_long_as_the_transaction_lasts(postgresql: PostgreSQL, tmp_path: Path) -> None:
    met = stall(ALEMBIC, postgresql, BOUNDS, tmp_path, forgotten=FORGOTTEN, rate=50)
    assert met.upgraded.status == 0, met.upgraded.text
    assert met.longest > 1.0

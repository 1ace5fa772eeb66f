"""A lock that is never let go, and an application beside a forgotten transaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.conftest import SYSTEMS
from tests.faults.database import PostgreSQL, System
from tests.faults.lock import Bounds, held_lock
from tests.faults.stall import stall
from tests.faults.subject import ALEMBIC, LIMBECK
from tests.faults.verdict import Outcome

BOUNDS = Bounds(lock_timeout=0.3, lock_wait=1.5)
START_AND_END = 6.0  # seconds that a process needs beside its waits, on a busy machine
ONE_STATEMENT = 0.5  # seconds, on a busy machine
FORGOTTEN = 3.5  # seconds


@pytest.mark.parametrize("system", SYSTEMS, indirect=True)
def test_a_lock_held_for_ever_is_waited_for_within_bounds(system: System, tmp_path: Path) -> None:
    refusal = held_lock(LIMBECK, system, BOUNDS, patience=30, folder=tmp_path)
    assert refusal.gave_up
    assert refusal.waited < BOUNDS.lock_wait + START_AND_END
    assert refusal.trial.first.status in (4, 5), refusal.trial.first.text
    assert "hint: " in refusal.trial.first.err
    assert refusal.said_after is not None or system.name != "PostgreSQL", refusal.trial.first.text
    assert refusal.trial.truthful
    assert refusal.trial.outcome is Outcome.EQUAL, refusal.trial.detail


def test_who_holds_the_lock_is_said_at_once(postgresql: PostgreSQL, tmp_path: Path) -> None:
    refusal = held_lock(LIMBECK, postgresql, Bounds(lock_timeout=0.3, lock_wait=60), patience=8, folder=tmp_path)
    assert not refusal.gave_up
    assert refusal.said_after is not None
    assert refusal.said_after < START_AND_END


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

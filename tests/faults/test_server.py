"""A server that dies, a network that breaks, a disk that is full, a statement that takes too long: and the next run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import demand_or_skip
from tests.faults.conftest import SERVERS
from tests.faults.cut import Cutting, Place
from tests.faults.database import SQLite, System
from tests.faults.disk import full_disk
from tests.faults.proxy import Cut
from tests.faults.restart import Restarting, restartable
from tests.faults.subject import LIMBECK
from tests.faults.timeout import timed_out
from tests.faults.verdict import Outcome, Trial
from tests.servers.mariadb import NoMariaDB


@pytest.mark.parametrize("name", SERVERS)
def test_the_server_dies_and_comes_back(name: str, tmp_path: Path) -> None:
    try:
        with restartable(name) as (system, server):
            restarting = Restarting(LIMBECK, system, server, tmp_path / "restart")
            middle = restarting.points.index("before CREATE INDEX entry_amount_i ON entry (amount)") + 1
            trials = restarting.at_points([middle])
            trials.append(full_disk(LIMBECK, system, server, tmp_path / "disk"))
    except NoMariaDB as missing:
        demand_or_skip(str(missing))
    passed(trials)


def test_the_disk_is_full_under_sqlite(tmp_path: Path) -> None:
    passed([full_disk(LIMBECK, SQLite(), None, tmp_path)])


@pytest.mark.parametrize("system", SERVERS, indirect=True)
def test_the_network_breaks_around_a_commit(system: System, tmp_path: Path) -> None:
    cutting = Cutting(LIMBECK, system, tmp_path)  # type: ignore[arg-type]
    commits = cutting.commits()
    row = next(number for number, text in enumerate(cutting.statements, 1) if "version_num='l2'" in text)
    of_the_row = next(number for number in commits if number > row)
    passed(cutting.at(Place(number, cut) for number in (commits[2], of_the_row, commits[-3]) for cut in Cut))


@pytest.mark.parametrize("system", SERVERS, indirect=True)
def test_a_statement_takes_too_long(system: System, tmp_path: Path) -> None:
    passed([timed_out(LIMBECK, system, tmp_path)])


def passed(trials: list[Trial]) -> None:
    """Every disturbed run failed or was whole, said so, and the next one ended as an undisturbed one."""
    bad = [one for one in trials if one.outcome is not Outcome.EQUAL or not one.truthful]
    assert [f"{one.where}: {one.outcome.value}, {one.detail}, truthful {one.truthful}" for one in bad] == []

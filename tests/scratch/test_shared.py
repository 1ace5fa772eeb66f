"""One server for several processes."""

from __future__ import annotations

import os
import signal

import psycopg
import pytest

from limbeck.model.errors import UsageError
from limbeck.scratch import shared_server

pytestmark = pytest.mark.usefixtures("temp_folder")


def answers(url: str) -> bool:
    with psycopg.connect(url) as session:
        return session.execute("SELECT true").fetchone() == (True,)


def test_processes_that_start_together_share_one_server(start_user, machine, temp_folder) -> None:
    users = [start_user(keep=False) for _ in range(6)]
    assert len({user.server_pid for user in users}) == 1
    assert len({user.url for user in users}) == 1
    for user in users:
        user.leave()
    machine.wait_until_gone(users[0])
    machine.wait_until_empty(temp_folder)


def test_killing_all_users_but_one_leaves_it_up_and_killing_the_last_ends_it(start_user, machine, temp_folder) -> None:
    users = [start_user(keep=False) for _ in range(4)]
    pid = {user.server_pid for user in users}.pop()
    for user in users[:-1]:
        user.signal(signal.SIGKILL)
    assert answers(users[-1].url)
    assert machine.is_alive(pid)
    users[-1].signal(signal.SIGKILL)
    machine.wait_until_gone(users[-1])
    machine.wait_until_empty(temp_folder)


def test_ctrl_c_ends_its_process_and_not_the_server_of_others(start_user, machine) -> None:
    starter = start_user(keep=False)
    pid = starter.server_pid
    other = start_user(keep=False)
    assert other.server_pid == pid
    starter.signal(signal.SIGINT)  # to the whole process group, as a terminal does
    assert answers(other.url)
    assert os.getpgid(machine.parent_of(pid)) not in (starter.process.pid, other.process.pid)
    other.leave()
    assert not machine.is_alive(pid)


def test_several_uses_in_one_process_end_one_by_one(machine, temp_folder) -> None:
    first, second = shared_server(keep=False), shared_server(keep=False)
    assert first.pid == second.pid
    assert first.binaries == second.binaries
    first.stop()
    assert second.databases() == ("postgres",)
    second.stop()
    assert not machine.is_alive(second.pid)
    assert list(temp_folder.iterdir()) == []


def test_names_are_apart(temp_folder) -> None:
    with shared_server(name="one", keep=False) as one, shared_server(name="two", keep=False) as two:
        one.create_database("app")
        assert two.databases() == ("postgres",)


@pytest.mark.parametrize("name", ["", ".", "../up", "a/b", "-x", "x" * 65, "sp ace", "nul\0"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(UsageError, match="not a name for a server"):
        shared_server(name=name)


def test_a_crashed_server_is_replaced(machine, temp_folder) -> None:
    with shared_server(keep=False) as first:
        os.kill(first.pid, signal.SIGKILL)
        with shared_server(keep=False) as second:
            machine.wait_until(lambda: not first.folder.exists(), "what the crashed server had is gone")
            assert second.databases() == ("postgres",)
    assert list(temp_folder.iterdir()) == []


def test_a_gate_that_belongs_to_nobody_is_replaced(temp_folder, machine) -> None:
    with shared_server(keep=False) as server:
        (gate,) = temp_folder.glob("*.lock")
    gate.write_text(f"{server.folder}/control", encoding="utf-8")  # as a killed supervisor leaves it
    with shared_server(keep=False) as again:
        assert again.databases() == ("postgres",)
    assert list(temp_folder.iterdir()) == []


def test_a_trap_in_place_of_the_gate_is_refused(temp_folder) -> None:
    with shared_server(keep=False):
        (gate,) = temp_folder.glob("*.lock")
    gate.symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match=f"cannot write {gate}"):
        shared_server(keep=False)


def test_the_data_of_a_shared_server_is_thrown_away_as_asked(temp_folder) -> None:
    with shared_server(keep=False) as server:
        server.create_database("app")
    with shared_server(keep=False) as server:
        assert server.databases() == ("postgres",)

"""Nothing is left behind, however the processes end."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psycopg
import pytest

from limbeck.scratch import start_server

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent was killed")


def test_a_stopped_server_is_gone_when_stop_returns(temp_folder, machine) -> None:
    with start_server() as server:
        assert machine.is_alive(server.pid)
        assert server.folder.parent == temp_folder
    assert not machine.is_alive(server.pid)
    assert list(temp_folder.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_server_of_a_user_that_a_signal_ends_is_gone(start_user, machine, temp_folder, number) -> None:
    user = start_user()
    assert machine.is_alive(user.server_pid)
    user.signal(number)
    machine.wait_until_gone(user)
    machine.wait_until_empty(temp_folder)


def test_a_user_killed_while_it_starts_its_server(start_user, machine, temp_folder) -> None:
    """When the server has its folder: the file with which Python tries TMPDIR would stay, as it is nobody's."""
    user = start_user()
    machine.wait_until(lambda: any(temp_folder.glob("*limbeck-*")), "the server has a folder")
    user.signal(signal.SIGKILL)
    machine.wait_until(lambda: not any(temp_folder.iterdir()), "the folder is gone")


def test_two_servers_of_one_process_are_apart(temp_folder) -> None:
    with start_server() as first, start_server() as second:
        first.create_database("app")
        assert second.databases() == ("postgres",)
        assert first.folder != second.folder
    assert list(temp_folder.iterdir()) == []


def test_a_connected_client_does_not_hold_the_server_up(temp_folder, machine) -> None:
    server = start_server()
    session = psycopg.connect(server.url())
    session.execute("SELECT 1")
    server.stop()
    assert not machine.is_alive(server.pid)
    session.close()


def test_a_server_that_crashes_leaves_nothing(temp_folder, machine) -> None:
    server = start_server()
    os.kill(server.pid, signal.SIGKILL)
    machine.wait_until(lambda: not any(temp_folder.iterdir()), "the folder is gone")
    server.stop()


def test_a_crashing_backend_does_not_end_the_server(temp_folder, machine) -> None:
    with start_server() as server:
        with psycopg.connect(server.url()) as session:
            os.kill(session.info.backend_pid, signal.SIGKILL)

            def recovers() -> bool:
                try:
                    with psycopg.connect(server.url()) as again:
                        return again.execute("SELECT true").fetchone() == (True,)
                except psycopg.OperationalError:
                    return False

            machine.wait_until(recovers, "the server takes connections again")
        assert machine.is_alive(server.pid)


def test_a_supervisor_told_to_end_takes_the_server_along(start_user, machine, temp_folder) -> None:
    user = start_user()
    os.kill(machine.parent_of(user.server_pid), signal.SIGTERM)
    machine.wait_until_gone(user)
    user.leave()


@linux
def test_a_killed_supervisor_takes_the_server_along_and_the_next_start_the_folder(
    start_user, machine, temp_folder
) -> None:
    user = start_user()
    folder = user.folder
    os.kill(machine.parent_of(user.server_pid), signal.SIGKILL)
    machine.wait_until(lambda: not machine.is_alive(user.server_pid), "the server is gone")
    user.leave()
    assert folder.exists()
    with start_server() as server:
        assert list(temp_folder.iterdir()) == [server.folder]


def test_folders_that_are_not_ours_are_left_alone(temp_folder: Path) -> None:
    strangers = [temp_folder / name for name in ("limbeck-01234567", "limbeck-tests", "limbeck-89abcdef")]
    for stranger in strangers:
        stranger.mkdir()
    (strangers[2] / "lock").symlink_to("/etc/passwd")
    with start_server():
        pass
    assert sorted(temp_folder.iterdir()) == sorted(strangers)


def test_the_users_output_can_end_before_its_server(temp_folder, start_user, machine) -> None:
    user = start_user(name="outlives", keep=False)
    other = start_user(name="outlives", keep=False)
    assert user.server_pid == other.server_pid
    user.leave()  # waits for the end of its output, which the supervisor must not hold open
    other.leave()
    machine.wait_until_gone(other)


def test_a_forked_child_does_not_end_the_server_of_its_parent(temp_folder) -> None:
    with start_server() as server:
        child = os.fork()
        if child == 0:
            server.stop()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert server.databases() == ("postgres",)

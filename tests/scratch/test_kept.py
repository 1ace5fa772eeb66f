"""Data that the next start finds again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from limbeck.model.errors import TargetUnavailable, UsageError
from limbeck.scratch import shared_server

pytestmark = pytest.mark.usefixtures("temp_folder")


def write(url: str, weight: int) -> None:
    with psycopg.connect(url) as session:
        session.execute("CREATE TABLE IF NOT EXISTS ore (weight int)")
        session.execute("INSERT INTO ore VALUES (%s)", (weight,))


def weights(url: str) -> list[int]:
    with psycopg.connect(url) as session:
        return [row[0] for row in session.execute("SELECT weight FROM ore ORDER BY weight")]


def setting(url: str, name: str) -> str:
    with psycopg.connect(url) as session:
        row = session.execute("SELECT current_setting(%s)", (name,)).fetchone()
        assert row is not None
        return str(row[0])


def test_data_survives_and_processes_do_not(data_home, machine, temp_folder) -> None:
    with shared_server() as server:
        server.create_database("app")
        write(server.url("app"), 7)
        assert setting(server.url(), "fsync") == "on"
        assert setting(server.url(), "synchronous_commit") == "on"
    assert not machine.is_alive(server.pid)
    with shared_server() as again:
        assert again.databases() == ("app", "postgres")
        assert weights(again.url("app")) == [7]
    assert [entry.name for entry in data_home.iterdir()] == [f"default-{server.version[0]}"]
    assert list(temp_folder.iterdir()) == []


def test_only_its_account_can_enter_the_data(data_home, machine) -> None:
    with shared_server() as server:
        pass
    made = [data_home.parents[1], data_home.parent, data_home]
    assert [machine.rights(folder) for folder in made] == [(0o700, os.geteuid())] * 3
    mode, owner = machine.rights(data_home / f"default-{server.version[0]}")
    assert mode == 0o700
    assert owner == (65534 if machine.root else os.geteuid())


def test_data_of_killed_users_survives(start_user, data_home, machine) -> None:
    user = start_user(keep=True)
    write(user.url, 1)
    user.signal(signal.SIGKILL)
    machine.wait_until_gone(user)
    with shared_server() as server:
        assert weights(server.url()) == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the server that its supervisor was killed")
def test_data_of_a_killed_supervisor_survives(data_home, machine, temp_folder) -> None:
    with shared_server() as server:
        write(server.url(), 2)
        os.kill(machine.parent_of(server.pid), signal.SIGKILL)
        with shared_server() as again:  # at once, while the old server may still be ending
            assert again.pid != server.pid
            assert weights(again.url()) == [2]
    assert list(temp_folder.iterdir()) == []


def test_data_of_a_killed_server_survives_and_a_stranger_with_its_number_is_no_obstacle(data_home, machine) -> None:
    with shared_server() as server:
        write(server.url(), 3)
        os.kill(server.pid, signal.SIGKILL)
        machine.wait_until(lambda: not server.folder.exists(), "the supervisor has noticed")
    record = data_home / f"default-{server.version[0]}" / "postmaster.pid"
    lines = record.read_text(encoding="utf-8").split("\n")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        record.write_text("\n".join([str(stranger.pid), *lines[1:]]), encoding="utf-8")
        with shared_server() as again:
            assert weights(again.url()) == [3]
        stranger.communicate(b"\n")


def test_data_that_another_server_uses_is_refused(data_home, machine, temp_folder) -> None:
    from limbeck.scratch import find_binaries
    from limbeck.scratch.account import server_account
    from limbeck.scratch.private_folder import OpenFolder

    with shared_server() as server:
        pass
    data = OpenFolder(str(data_home / f"default-{server.version[0]}"), server_account())
    by_hand = subprocess.Popen(
        [find_binaries().bin / "postgres", "-D", data.name, "-c", "listen_addresses=", "-k", temp_folder],
        stderr=subprocess.DEVNULL,
        pass_fds=[data.descriptor],
        **server_account().arguments(),
    )
    try:
        record = Path(data.path, "postmaster.pid")
        machine.wait_until(lambda: record.exists() and "ready" in record.read_text("utf-8"), "the server is up")
        with pytest.raises(TargetUnavailable, match=f"is used by a server that is not ours, process {by_hand.pid}"):
            shared_server()
        assert by_hand.poll() is None
    finally:
        by_hand.send_signal(signal.SIGQUIT)
        by_hand.wait()
        data.close()
    with shared_server() as again:
        assert again.databases() == ("postgres",)


def test_an_initdb_that_was_interrupted_is_done_again(data_home, machine) -> None:
    with shared_server() as server:
        pass
    data = data_home / f"default-{server.version[0]}"
    data.rename(f"{data}.unfinished")
    with shared_server() as again:
        assert again.databases() == ("postgres",)
    assert [entry.name for entry in data_home.iterdir()] == [data.name]


def test_data_of_another_version_is_refused(data_home) -> None:
    with shared_server() as server:
        pass
    data = data_home / f"default-{server.version[0]}"
    (data / "PG_VERSION").write_text("11\n", encoding="utf-8")
    with pytest.raises(TargetUnavailable, match=f"{data} holds data of PostgreSQL 11, not {server.version[0]}"):
        shared_server()


def test_data_may_be_a_link_to_another_disk(data_home, tmp_path) -> None:
    with shared_server() as server:
        write(server.url(), 4)
    data = data_home / f"default-{server.version[0]}"
    data.rename(tmp_path / "elsewhere")
    data.symlink_to(tmp_path / "elsewhere")
    with shared_server() as again:
        assert weights(again.url()) == [4]


def test_a_home_that_cannot_be_written_is_refused(tmp_path, monkeypatch) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(file))
    with pytest.raises(UsageError, match=f"cannot keep data in {file}/.local/share/limbeck/postgres: Not a") as caught:
        shared_server()
    assert caught.value.hint == "set XDG_DATA_HOME to a folder you can write"


def test_a_relative_data_home_is_ignored_as_its_standard_says(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    with shared_server() as server:
        pass
    assert (tmp_path / ".local/share/limbeck/postgres" / f"default-{server.version[0]}").is_dir()

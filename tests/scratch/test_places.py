"""Where servers can live: temp folders of every kind, as root and as an ordinary user."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from limbeck.model.errors import UsageError
from limbeck.scratch import find_binaries, folders, shared_server, start_server


@pytest.fixture
def use_temp_folder(monkeypatch: pytest.MonkeyPatch):
    """Makes a folder the one for temporary files."""

    def use(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv("TMPDIR", str(folder))
        monkeypatch.setattr(tempfile, "tempdir", None)
        return folder

    return use


def works(url: str) -> bool:
    with psycopg.connect(url) as session:
        return session.execute("SELECT true").fetchone() == (True,)


def test_every_folder_is_for_the_account_alone(temp_folder, machine) -> None:
    account = 65534 if machine.root else os.geteuid()
    with machine.modes_unchanged(temp_folder, find_binaries().bin), start_server() as server:
        assert machine.rights(server.folder) == (0o700, account)
        assert machine.rights(server.folder / "data") == (0o700, account)
        assert machine.rights(server.folder / ".s.PGSQL.5432") == (0o700, account)
        assert machine.rights(server.folder / "log") == (0o600, os.geteuid())


@pytest.mark.parametrize("name", ["with spaces", "ümläut", 'quo"te', "com,ma", "per%cent", "a:b", "x" * 120])
@pytest.mark.parametrize("shared", [False, True], ids=["own", "shared"])
def test_temp_folders_with_odd_names(use_temp_folder, tmp_path, machine, name, shared) -> None:
    folder = use_temp_folder(tmp_path / name)
    with machine.modes_unchanged(folder), shared_server(keep=False) if shared else start_server() as server:
        assert works(server.url())
        assert "%" not in server.url()
        engine = create_engine(server.url(driver="psycopg"))
        with engine.connect() as session:
            assert session.execute(text("SELECT true")).scalar_one() is True
        engine.dispose()
        assert any((home / "data").is_dir() for home in folder.iterdir() if home.is_dir())
    assert list(folder.iterdir()) == []
    assert not server.folder.exists()


def test_a_socket_folder_with_spaces_when_there_is_no_other(use_temp_folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(folders, "SYSTEM_TEMP_FOLDERS", ())
    short = Path(tempfile.mkdtemp(prefix="a b", dir="/tmp"))
    use_temp_folder(short)
    try:
        with start_server() as server:
            assert server.folder.parent == short
            assert works(server.url())
    finally:
        shutil.rmtree(short)


def test_no_folder_for_a_socket(use_temp_folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(folders, "SYSTEM_TEMP_FOLDERS", ())
    use_temp_folder(tmp_path / ("x" * 120))
    with pytest.raises(UsageError, match="no folder for temporary files has a path short enough") as caught:
        start_server()
    assert caught.value.hint == "set TMPDIR to a folder with a short path"


def test_a_temp_folder_that_only_we_can_enter(use_temp_folder, machine) -> None:
    closed = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        assert machine.rights(closed) == (0o700, os.geteuid())
        use_temp_folder(closed)
        with machine.modes_unchanged(closed), start_server() as server:
            assert server.folder.parent == closed
            assert works(server.url())
        assert list(closed.iterdir()) == []
    finally:
        shutil.rmtree(closed)


def test_an_ordinary_user(ordinary_user, start_user, machine, temp_folder) -> None:
    user = start_user(account=ordinary_user)
    assert user.folder.parent == temp_folder
    assert machine.rights(user.folder) == (0o700, ordinary_user.uid)
    assert works(user.url)  # as root, who may enter every folder
    user.leave()
    assert not machine.is_alive(user.server_pid)
    assert list(temp_folder.iterdir()) == []


def test_an_ordinary_user_keeps_data_in_the_own_home(ordinary_user, start_user, machine, temp_folder) -> None:
    home = temp_folder / "home"
    home.mkdir()
    os.chown(home, ordinary_user.uid, ordinary_user.uid)
    users = [start_user(account=ordinary_user, keep=True, environment={"HOME": str(home)}) for _ in range(3)]
    assert len({user.server_pid for user in users}) == 1
    for user in users:
        user.leave()
    machine.wait_until_gone(users[0])
    (data,) = (home / ".local/share/limbeck/postgres").iterdir()
    assert machine.rights(data) == (0o700, ordinary_user.uid)
    again = start_user(account=ordinary_user, keep=True, environment={"HOME": str(home)})
    again.leave()
    assert list(temp_folder.iterdir()) == [home]


def test_an_ordinary_user_without_a_home(ordinary_user, start_user, temp_folder) -> None:
    user = start_user(account=ordinary_user, keep=True, environment={"HOME": "/nonexistent"})
    _, errors = user.process.communicate()
    assert user.process.returncode != 0
    assert "cannot keep data in /nonexistent/.local/share/limbeck/postgres: Permission denied" in errors


def test_root_and_an_ordinary_user_do_not_meet(ordinary_user, start_user, temp_folder) -> None:
    with shared_server(keep=False) as server:
        user = start_user(account=ordinary_user, keep=False)
        assert user.server_pid != server.pid
        user.leave()
    assert list(temp_folder.iterdir()) == []

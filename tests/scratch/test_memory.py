"""Memory for what lives for a moment, in folders of the account of our servers and nobody else's."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import psycopg
import pytest

from limbeck.scratch import start_server
from limbeck.scratch.account import server_account
from limbeck.scratch.memory import LEAST_FREE, memory, memory_folder


def test_it_is_made_once_for_the_account_alone(tmp_path: Path) -> None:
    folder = memory_folder("7", str(tmp_path), 0)
    assert folder == str(tmp_path / "limbeck-7")
    found = os.lstat(folder)
    assert (stat.S_IMODE(found.st_mode), found.st_uid) == (0o700, server_account().uid)
    assert memory_folder("7", str(tmp_path), 0) == folder


def test_there_is_none_without_room_or_place(tmp_path: Path) -> None:
    assert memory_folder("7", str(tmp_path), 1 << 62) is None
    assert memory_folder("7", str(tmp_path / "nowhere"), 0) is None
    assert list(tmp_path.iterdir()) == []
    assert LEAST_FREE == 1 << 30


def test_what_somebody_else_has_put_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "limbeck-1").symlink_to(tmp_path)
    (tmp_path / "limbeck-2").mkdir(mode=0o755)
    (tmp_path / "limbeck-3").write_text("")
    assert [memory_folder(str(number), str(tmp_path), 0) for number in (1, 2, 3)] == [None, None, None]


@pytest.mark.parametrize("named", [None, "TMPDIR", "TEMP", "TMP"])
def test_a_server_that_is_thrown_away_is_there_unless_a_temp_folder_is_named(
    named: str | None, temp_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMPDIR")
    if named is not None:
        monkeypatch.setenv(named, str(temp_folder))
    monkeypatch.setattr(tempfile, "tempdir", str(temp_folder))
    with start_server() as server, psycopg.connect(server.url()) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        data = Path(f"/proc/{server.pid}/cwd").resolve() if row[0].startswith("/proc/") else Path(row[0])
    place = memory() if named is None else None
    assert data.parents[1] == Path(place or temp_folder)
    assert not data.parent.exists()
    assert list(temp_folder.iterdir()) == []

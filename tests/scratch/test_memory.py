"""A folder in memory, of the account of our servers and nobody else's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from limbeck.scratch.account import server_account
from limbeck.scratch.memory import LEAST_FREE, memory_folder


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

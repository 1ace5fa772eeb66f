"""Data that is kept until the machine is started again, and not longer."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import psycopg
import pytest

from limbeck.scratch import shared_server
from limbeck.scratch.restarts import remove_earlier, this_start

pytestmark = pytest.mark.usefixtures("temp_folder")


def settings(url: str, *names: str) -> list[str]:
    with psycopg.connect(url) as session:
        return [str(row[0]) for name in names for row in session.execute("SELECT current_setting(%s)", (name,))]


@pytest.mark.skipif(this_start() is None, reason="this system does not say when it was started")
def test_data_is_kept_without_waiting_for_the_disk(data_home: Path) -> None:
    with shared_server(name="tests", durable=False) as server:
        server.create_database("app")
        assert settings(server.url(), "fsync", "synchronous_commit") == ["off", "off"]
    with shared_server(name="tests", durable=False) as again:
        assert again.databases() == ("app", "postgres")
    assert [entry.name for entry in data_home.iterdir()] == [f"tests-{server.version[0]}-{this_start()}"]


@pytest.mark.skipif(this_start() is None, reason="this system does not say when it was started")
def test_data_of_an_earlier_start_is_removed(data_home: Path) -> None:
    with shared_server(name="tests", durable=False) as server:
        server.create_database("app")
    own = data_home / f"tests-{server.version[0]}-{this_start()}"
    own.rename(data_home / f"tests-{server.version[0]}-00000000")
    (data_home / f"tests-{server.version[0]}-00000000.lock").touch()
    with shared_server(name="tests", durable=False) as again:
        assert again.databases() == ("postgres",)
    assert [entry.name for entry in data_home.iterdir()] == [own.name]


def test_data_that_is_used_and_data_of_others_stays(tmp_path: Path) -> None:
    for name in ("tests-18-00000001", "tests-18-00000002", "tests-18", "other-18-00000001", "tests-18-something"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "PG_VERSION").write_text("18\n")
    claim = os.open(tmp_path / "tests-18-00000001" / "PG_VERSION", os.O_RDWR)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX)
        remove_earlier(tmp_path, "tests-18", "abcdef01")
        left = {"tests-18-00000001", "tests-18", "other-18-00000001", "tests-18-something"}
        assert {entry.name for entry in tmp_path.iterdir()} == left
    finally:
        os.close(claim)
    remove_earlier(tmp_path, "tests-18", "abcdef01")
    assert not (tmp_path / "tests-18-00000001").exists()

"""Every supported major version, from DIR/<major> as tools/fetch_postgres_majors.py makes it, and the system's."""

from __future__ import annotations

import psycopg
import pytest

from limbeck.scratch import Server, binaries, find_binaries, shared_server, start_server


@pytest.mark.majors
def test_a_throw_away_server(major_server: Server, major_binaries) -> None:
    assert major_server.version[0] == major_binaries.major
    major_server.create_database("original")
    major_server.create_database("copy", template="original")
    assert major_server.databases() == ("copy", "original", "postgres")
    with psycopg.connect(major_server.url("copy")) as session:
        assert session.info.server_version // 10000 == major_binaries.major
        major_server.drop_database("copy")
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
        session.close()
    assert major_server.databases() == ("original", "postgres")


@pytest.mark.majors
def test_a_kept_server(major_binaries, data_home, temp_folder) -> None:
    for _ in range(2):
        with shared_server(binaries=major_binaries) as server:
            server.ensure_database("app")
    assert [entry.name for entry in data_home.iterdir()] == [f"default-{major_binaries.major}"]
    assert list(temp_folder.iterdir()) == []


def test_the_system_s(monkeypatch: pytest.MonkeyPatch, temp_folder) -> None:
    monkeypatch.setattr(binaries, "WHEELS", ())
    monkeypatch.delenv("LIMBECK_POSTGRES", raising=False)
    if not any(binaries.SYSTEM.glob("*/bin/postgres")):
        pytest.skip(f"there is no PostgreSQL below {binaries.SYSTEM}")
    found = find_binaries()
    assert found.bin.is_relative_to(binaries.SYSTEM)
    with start_server(binaries=found) as server:
        assert server.databases() == ("postgres",)

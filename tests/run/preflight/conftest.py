from __future__ import annotations

from pathlib import Path

import pytest

from tests.run.preflight.databases import Database

KINDS = ("sqlite", "postgresql", pytest.param("mariadb", marks=pytest.mark.mariadb))


def _database(kind: str, request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    names = {"postgresql": "database_url", "mariadb": "mariadb_url"}
    url = request.getfixturevalue(names[kind]) if kind in names else "sqlite:///app.db"
    return Database(folder, url, kind)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database of each kind in turn."""
    return _database(request.param, request, tmp_path, monkeypatch)


@pytest.fixture
def postgresql(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A PostgreSQL database."""
    return _database("postgresql", request, tmp_path, monkeypatch)


@pytest.fixture
def sqlite(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An SQLite database."""
    return _database("sqlite", request, tmp_path, monkeypatch)


@pytest.fixture
def mariadb(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A MariaDB database; the test wants the mark `mariadb`."""
    return _database("mariadb", request, tmp_path, monkeypatch)

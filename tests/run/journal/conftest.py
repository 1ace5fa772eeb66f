"""A project of three revisions on every kind of database that has a journal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.cli.projects import line


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture(params=["postgresql", "sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def url(request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of an empty database of each kind in turn."""
    fixture = {"postgresql": "database_url", "mariadb": "mariadb_url"}.get(request.param)
    return request.getfixturevalue(fixture) if fixture else f"sqlite:///{folder}/app.db"


@pytest.fixture
def project(folder: Path, url: str) -> Path:
    """Three revisions in one line, on that database."""
    return line(folder, url)


@pytest.fixture
def ask(url: str) -> Callable[[str], list[tuple[Any, ...]]]:
    """Asks that database, or has it do something."""

    def ask(statement: str) -> list[tuple[Any, ...]]:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                result = connection.execute(text(statement))
                return [tuple(row) for row in result] if result.returns_rows else []
        finally:
            engine.dispose()

    return ask


@pytest.fixture
def tables(url: str) -> Callable[[], set[str]]:
    """The tables of that database."""

    def tables() -> set[str]:
        engine = create_engine(url)
        try:
            return set(inspect(engine).get_table_names())
        finally:
            engine.dispose()

    return tables

"""A project on a database of its own, the chain run on the tests' server, nothing kept where the user would find it."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.scratch import Server
from tests.conftest import MakeDatabase
from tests.verify.schema.projects import SchemaProject


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_database: MakeDatabase, postgres_server: Server
) -> SchemaProject:
    """An empty project in the working folder."""
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "own"))
    monkeypatch.setenv("LIMBECK_SCRATCH", postgres_server.url(driver="psycopg"))
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return SchemaProject(folder, make_database())

"""Sessions of pytest, each in a process and a project of its own, with kept data apart from the user's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PLUGIN = "limbeck.pytest_plugin.plugin"
RunTests = Callable[..., pytest.RunResult]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the servers and caches of these tests keep their data."""
    folder = tmp_path_factory.mktemp("kept")
    yield folder
    for link in folder.glob("data/limbeck/postgres/*/pg_tblspc/*"):
        shutil.rmtree(os.readlink(link))  # what is in memory
    shutil.rmtree(folder)


@pytest.fixture
def run_tests(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, kept: Path) -> RunTests:
    """Runs pytest in a process of its own, in the folder of `pytester`, with limbeck's plugin and no other."""
    monkeypatch.setenv("XDG_DATA_HOME", str(kept / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(kept / "cache"))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for variable in ("LIMBECK_SCRATCH", "LIMBECK_URL", "ALEMBIC_CONFIG", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(variable, raising=False)

    def run(*words: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess("-p", PLUGIN, "-W", "error", *words, timeout=120)

    return run

"""A session that asks for nothing of limbeck's pays nothing for it, and the plugin is found by its entry point."""

from __future__ import annotations

import tomllib
from importlib import import_module

import pytest

from tests.docs.pages import ROOT
from tests.pytest_plugin.conftest import PLUGIN, RunTests


def test_nothing_is_imported_until_a_test_asks(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            heavy = {"alembic", "sqlalchemy", "psycopg", "postgast"}
            assert not heavy & set(sys.modules)
            ours = {name for name in sys.modules if name.partition(".")[0] == "limbeck"}
            assert ours == {"limbeck", "limbeck.pytest_plugin", "limbeck.pytest_plugin.plugin"}
        """
    )
    run_tests().assert_outcomes(passed=1)


def test_the_entry_point_names_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"limbeck": PLUGIN}
    assert callable(import_module(PLUGIN).pytest_addoption)


def test_pytest_is_not_required() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert not [each for each in project["dependencies"] if each.startswith("pytest")]

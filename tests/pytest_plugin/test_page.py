"""What the page on pytest shows, run."""

from __future__ import annotations

import re

import pytest

from limbeck.pytest_plugin.migrated import MigratedDatabase
from limbeck.pytest_plugin.plugin import _INI
from tests.cli.projects import line
from tests.docs.pages import DOCS, blocks, table
from tests.pytest_plugin.conftest import RunTests

PAGE = (DOCS / "pytest.md").read_text(encoding="utf-8")


def test_the_examples(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    test, address, project = blocks(PAGE, "python")
    (pytester.path / "services" / "billing").mkdir(parents=True)
    line(pytester.path / "services" / "billing", "postgresql+psycopg://nobody@nowhere/none")
    pytester.makeconftest(f"{address}\n{project}")
    pytester.makepyfile(
        f"{test}\n\ndef test_address(database_url):\n    assert database_url.startswith('postgresql+')\n"
    )
    run_tests().assert_outcomes(passed=2)


def test_all_that_there_is_to_use() -> None:
    told = {re.sub(r"\(.*\)|`", "", name) for name, _ in table(PAGE, "what", "meaning")}
    made = MigratedDatabase("name", "url", "dsn")
    assert told == {name for name in (*vars(made), *vars(MigratedDatabase)) if not name.startswith("_")} - {"close"}


def test_all_settings() -> None:
    assert [name.strip("`") for name, _ in table(PAGE, "setting", "meaning")] == [name for name, _ in _INI]

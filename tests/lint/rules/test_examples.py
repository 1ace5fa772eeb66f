"""Every Bad and every Good on a rule's page, run on a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.lint.registry import Rule
from limbeck.scratch import Server
from tests.lint.projects import RULES
from tests.lint.rules.examples import EXAMPLES, Example, check


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example: Example, tmp_path: Path, postgres_server: Server) -> None:
    check(example, tmp_path / "project", postgres_server)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_page_is_complete(rule: Rule) -> None:
    headings = [section.heading for section in rule.sections]
    assert {"Hazard", "Why", "When to suppress"} <= set(headings)
    assert rule.summary.endswith(".") and len(rule.summary) <= 100

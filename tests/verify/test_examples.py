"""Every Bad and every Good on a check's page, proved on a server."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from limbeck.scratch import Server
from limbeck.verify.check import Check
from tests.verify.projects import CHECKS, blamed, found


class Example(NamedTuple):
    """One example of a page."""

    check: str
    heading: str
    number: int
    code: str

    def __str__(self) -> str:
        return f"{self.check}-{self.heading.lower()}-{self.number}"


EXAMPLES = [
    Example(check.name, section.heading, number, section.text)
    for check in CHECKS
    for number, section in enumerate(check.sections)
    if section.heading in ("Bad", "Good")
]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example: Example, tmp_path: Path, postgres_server: Server) -> None:
    findings = found(example.code, tmp_path / "project", postgres_server)
    if example.heading == "Bad":
        assert example.check in {finding.rule for finding in findings}, findings
    else:
        assert blamed(findings) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_page_is_complete(check: Check) -> None:
    headings = [section.heading for section in check.sections]
    assert {"Hazard", "Why", "When to suppress"} <= set(headings)
    assert check.summary.endswith(".") and len(check.summary) <= 120

"""Every Bad and every Good on a rule's page, run on a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.lint.registry import Rule
from limbeck.model.finding import Finding, Severity
from limbeck.scratch import Server
from tests.lint.projects import RULES, LintProject

EXAMPLES = [
    pytest.param(rule, heading, section.text, id=f"{rule.name}-{heading}-{number}")
    for rule in RULES
    for heading in ("Bad", "Good")
    for number, section in enumerate((each for each in rule.sections if each.heading == heading), 1)
]


def lint_example(rule: Rule, example: str, folder: Path, server: Server) -> tuple[Finding, ...]:
    given = "\n# next revision\n".join(section.text for section in rule.sections if section.heading == "Given")
    project = LintProject(folder / "project", given=given)
    wanted = project.add(example)
    return project.findings(wanted, server)


def told(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{each.rule} {each.span.line}: {each.message}" for each in findings)


@pytest.mark.parametrize(("rule", "heading", "example"), EXAMPLES)
def test_example(rule: Rule, heading: str, example: str, tmp_path: Path, postgres_server: Server) -> None:
    findings = lint_example(rule, example, tmp_path, postgres_server)
    own = [each for each in findings if each.rule == rule.name]
    if heading == "Bad":
        assert own, told(findings)
        assert all(each.span.line > 1 and each.message and each.effect for each in own), own
    else:
        assert not own, told(own)
        assert not [each for each in findings if each.severity is not Severity.NOTE], told(findings)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_page_is_complete(rule: Rule) -> None:
    headings = [section.heading for section in rule.sections]
    assert {"Hazard", "Why", "When to suppress"} <= set(headings)
    assert rule.summary.endswith(".") and len(rule.summary) <= 100

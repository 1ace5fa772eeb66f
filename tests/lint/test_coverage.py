"""What docs/rules/coverage.md says is caught is caught."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.lint.subject import Tables
from limbeck.model.finding import Finding, Severity
from limbeck.scratch import Server
from tests.docs.coverage import Covered, hazards
from tests.docs.pages import ROOT
from tests.lint.projects import RULES, LintProject

HAZARDS = hazards()
EXAMPLES = [pytest.param(hazard, id=str(hazard.number)) for hazard in HAZARDS if hazard.example]
QUIET = [pytest.param(hazard, id=str(hazard.number)) for hazard in HAZARDS if hazard.quiet]


def lint(hazard: Covered, example: str, folder: Path, server: Server) -> tuple[Finding, ...]:
    project = LintProject(folder / "project", given=hazard.given)
    return project.findings(project.add(example), server, tables=Tables(hot=frozenset(hazard.hot)))


def told(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{each.severity} {each.rule}: {each.message}" for each in findings)


@pytest.mark.parametrize("hazard", EXAMPLES)
def test_caught(hazard: Covered, tmp_path: Path, postgres_server: Server) -> None:
    findings = lint(hazard, hazard.example, tmp_path, postgres_server)
    assert set(hazard.rules) <= {finding.rule for finding in findings}, told(findings)


@pytest.mark.parametrize("hazard", QUIET)
def test_quiet(hazard: Covered, tmp_path: Path, postgres_server: Server) -> None:
    findings = lint(hazard, hazard.quiet, tmp_path, postgres_server)
    assert not [each for each in findings if each.severity is not Severity.NOTE], told(findings)


def test_every_hazard_is_told_once() -> None:
    assert [hazard.number for hazard in HAZARDS] == list(range(1, 127))


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: str(hazard.number))
def test_a_claim_has_its_reason(hazard: Covered) -> None:
    names = {rule.name for rule in RULES}
    assert bool(hazard.out) != bool(hazard.rules or hazard.missing)
    assert set(hazard.rules) <= names
    assert bool(hazard.rules) == bool(hazard.example or hazard.proof)
    assert not hazard.proof or (ROOT / hazard.proof).is_file()

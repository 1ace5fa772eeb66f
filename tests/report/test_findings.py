"""Findings in the formats of others, against golden files and, for SARIF, its schema."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import fastjsonschema
import pytest

from limbeck.lint.registry import Page, built_in_rules
from limbeck.model.finding import Severity
from limbeck.report.findings_markdown import findings_markdown
from limbeck.report.github import findings_github
from limbeck.report.gitlab import findings_gitlab
from limbeck.report.junit import findings_junit
from limbeck.report.sarif import findings_sarif
from limbeck.verify.check import all_checks
from tests.report.findings_sample import DROPPED, FINDINGS, IMPORTED, INDEX, from_root
from tests.report.golden import check_golden

SCHEMA = json.loads((Path(__file__).parent / "sarif" / "sarif-2.1.0-rtm.4.json").read_text(encoding="utf-8"))
RULES = tuple(rule for rule in built_in_rules() if rule.name == "application-imported")


def as_sarif(findings: Any) -> dict[str, Any]:
    return findings_sarif(findings, RULES, from_root)


def test_sarif() -> None:
    document = as_sarif(FINDINGS)
    document["runs"][0]["tool"]["driver"]["version"] = "VERSION"
    check_golden("findings.sarif", json.dumps(document, indent=2) + "\n")


@pytest.mark.parametrize("findings", [(), FINDINGS], ids=["none", "all"])
def test_sarif_is_as_its_schema_says(findings: Any) -> None:
    fastjsonschema.compile(SCHEMA)(as_sarif(findings))


def test_the_schema_refuses() -> None:
    document = as_sarif(FINDINGS)
    del document["runs"][0]["results"][0]["message"]
    with pytest.raises(fastjsonschema.JsonSchemaException):
        fastjsonschema.compile(SCHEMA)(document)


@pytest.mark.parametrize("rules", [built_in_rules(), all_checks()], ids=["lint", "verify"])
def test_every_rule_fits_the_schema(rules: Sequence[Page]) -> None:
    findings = [INDEX._replace(rule=rule.name) for rule in rules]
    document = findings_sarif(findings, rules, from_root)
    fastjsonschema.compile(SCHEMA)(document)
    driver = document["runs"][0]["tool"]["driver"]
    results = document["runs"][0]["results"]
    assert [driver["rules"][each["ruleIndex"]]["id"] for each in results] == [each["ruleId"] for each in results]


def test_junit_is_xml_whatever_is_told() -> None:
    told = "a \x1b[2J <b> & ]]> \x00 \ud800"
    hostile = DROPPED._replace(message=told, effect=told, remedy=told)
    tests = [("ccc333", "column-dropped"), ("ccc333", "rows-lost"), (None, "order-matters"), ("ddd444", "rows-lost")]
    note = IMPORTED._replace(rule="rows-lost")
    text = findings_junit([hostile, note], tests, lambda each: each.severity is not Severity.NOTE, from_root)
    (suite,) = ElementTree.fromstring(text.encode())
    assert (suite.get("tests"), suite.get("failures")) == ("4", "1")
    cases = [(case.get("classname"), case.get("name"), [part.tag for part in case]) for case in suite]
    assert cases == [
        ("ccc333", "column-dropped", ["failure"]),
        ("ccc333", "rows-lost", []),
        ("the chain", "order-matters", []),
        ("ddd444", "rows-lost", ["system-out"]),
    ]
    assert suite[0].get("file") == "migrations/versions/ccc333.py"
    assert "<b> & ]]>" in str(suite[0][0].get("message"))


def test_github() -> None:
    check_golden("findings.github.txt", findings_github(FINDINGS, from_root) + "\n")


def test_github_reads_back_what_was_written() -> None:
    """Undone as the workflow's runner undoes it, which reads line by line."""
    lines = findings_github(FINDINGS, from_root).split("\n")
    assert len(lines) == len(FINDINGS)
    for line, finding in zip(lines, FINDINGS, strict=True):
        found = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert found is not None, line
        properties = dict(part.split("=", 1) for part in found[2].split(","))
        undone = {name: _undone(value) for name, value in properties.items()}
        assert undone["title"] == f"limbeck: {finding.rule}"
        assert undone.get("file", "") == from_root(finding.span.path)
        assert _undone(found[3]).startswith(f"{finding.message}\n{finding.effect}")


def _undone(text: str) -> str:
    for written, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(written, meant)
    return text


def test_gitlab() -> None:
    report = findings_gitlab(FINDINGS, from_root)
    assert len({each["fingerprint"] for each in report}) == len(report)
    check_golden("findings.gitlab.json", json.dumps(report, indent=2) + "\n")


def test_markdown() -> None:
    text = findings_markdown(FINDINGS, "limbeck: 3 errors", "6 revisions looked at (new since main)", from_root)
    check_golden("findings.md", text + "\n")


def test_markdown_without_findings() -> None:
    text = findings_markdown((), "limbeck: no findings", "1 revision looked at (named)", from_root)
    assert text == "<!-- limbeck lint -->\n### limbeck: no findings\n\n1 revision looked at (named)"


def test_markdown_is_never_longer_than_a_comment_may_be() -> None:
    long = DROPPED._replace(effect="it breaks " * 200)
    text = findings_markdown([long] * 100, "limbeck: 100 warnings", "all", from_root)
    assert 50_000 < len(text) < 65_536
    shown = text.count("**warning**")
    assert f"{100 - shown} more findings would not fit here" in text

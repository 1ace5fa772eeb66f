"""Findings as SARIF 2.1.0, the form in which code scanning takes them.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; section numbers are its.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from limbeck import __version__
from limbeck.lint.fingerprint import fingerprints
from limbeck.report.findings import how_known
from limbeck.report.rule_page import rule_markdown, rule_text

if TYPE_CHECKING:
    from typing import Any

    from limbeck.lint.registry import Page
    from limbeck.model.finding import Finding

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"  # what GitHub and the specification's examples call the root of the repository


def findings_sarif(
    findings: Sequence[Finding], rules: Sequence[Page], repository_path: Callable[[str], str]
) -> dict[str, Any]:
    """The log of one run.

    Args:
        rules: those whose pages go along, when they have found something.
        repository_path: the path of a file from the root of the repository; absolute when it lies elsewhere.
    """
    names = list(dict.fromkeys(finding.rule for finding in findings))
    known = {rule.name: rule for rule in rules}
    results = [
        _result(finding, names.index(finding.rule), fingerprint, repository_path)
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
    ]
    driver = {
        "name": "limbeck",
        "version": __version__,
        "rules": [_descriptor(name, known.get(name)) for name in names],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _descriptor(name: str, rule: Page | None) -> dict[str, Any]:
    """What is told of a rule (3.49)."""
    if rule is None:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": rule.summary},
        "defaultConfiguration": {"level": rule.severity.value},
        "help": {"text": rule_text(rule), "markdown": rule_markdown(rule)},
    }


def _result(finding: Finding, rule: int, fingerprint: str, repository_path: Callable[[str], str]) -> dict[str, Any]:
    """What is told of a finding (3.27); the levels of SARIF have the names of our severities."""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": _message(finding)},
    }
    if finding.span.path:
        region = {"startLine": finding.span.line, "startColumn": finding.span.column}
        place = {"artifactLocation": _location(repository_path(finding.span.path)), "region": region}
        result["locations"] = [{"physicalLocation": place}]
    told = {
        "revision": finding.revision,
        "known": finding.known.value,
        "server": finding.server,
        "statement": finding.statement,
        "remedy": finding.remedy,
    }
    result["partialFingerprints"] = {"limbeck/v1": fingerprint}
    result["properties"] = {name: value for name, value in told.items() if value}
    return result


def _message(finding: Finding) -> str:
    """Sentences: where there is little room, GitHub shows the first.  Braces are doubled (3.11.5)."""
    words = f"{_sentence(finding.message)} {finding.effect.rstrip('.')} ({how_known(finding)})."
    if finding.remedy:
        words += f"\n\nInstead:\n{finding.remedy}"
    return words.replace("{", "{{").replace("}", "}}")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."  # a name may come first: no capital letter


def _location(path: str) -> dict[str, Any]:
    """The file (3.4)."""
    from urllib.parse import quote

    uri = quote(path.replace(os.sep, "/"))
    return {"uri": f"file://{uri}"} if os.path.isabs(path) else {"uri": uri, "uriBaseId": _ROOT}

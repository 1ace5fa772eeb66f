"""Findings as the commands of a GitHub workflow, which shows them beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from limbeck.model.finding import Severity
from limbeck.report.findings import how_known

if TYPE_CHECKING:
    from limbeck.model.finding import Finding

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def findings_github(findings: Sequence[Finding], repository_path: Callable[[str], str]) -> str:
    """A line for each finding; empty without any.

    Args:
        repository_path: the path of a file from the root of the repository.
    """
    return "\n".join(_line(finding, repository_path) for finding in findings)


def _line(finding: Finding, repository_path: Callable[[str], str]) -> str:
    span = finding.span
    properties = {"title": f"limbeck: {finding.rule}"}
    if span.path:
        place = {"file": repository_path(span.path), "line": str(span.line), "col": str(span.column)}
        properties = {**place, **properties}
    words = f"{finding.message}\n{finding.effect} ({how_known(finding)})"
    if finding.remedy:
        words += f"\n\ninstead:\n{finding.remedy}"
    shown = ",".join(f"{name}={_escaped(value, _PROPERTY)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {shown}::{_escaped(words, _DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)

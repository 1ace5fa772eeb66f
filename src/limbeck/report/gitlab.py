"""Findings as a code quality report of GitLab, which tells in a merge request which of them are new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from limbeck.lint.fingerprint import fingerprints
from limbeck.model.finding import Severity

if TYPE_CHECKING:
    from typing import Any

    from limbeck.model.finding import Finding

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}


def findings_gitlab(findings: Sequence[Finding], repository_path: Callable[[str], str]) -> list[dict[str, Any]]:
    """An object for each finding, as GitLab's documentation has them under "Code Quality report format".

    Args:
        repository_path: the path of a file from the root of the repository.
    """
    return [
        {
            "description": f"{finding.message}: {finding.effect}",
            "check_name": finding.rule,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": repository_path(finding.span.path) if finding.span.path else ".",
                "lines": {"begin": finding.span.line},
            },
        }
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
    ]

"""Findings as Markdown, to be a comment on a pull request."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from limbeck.report.findings import how_known, shortened
from limbeck.report.markdown import code, fenced, plain

if TYPE_CHECKING:
    from limbeck.model.finding import Finding

# A job that finds its comment of before by this line can change that one, and need not add another.
_MARKER = "<!-- limbeck {} -->"
_LONGEST = 60_000  # GitHub takes 65,536 characters


def findings_markdown(
    findings: Sequence[Finding], title: str, end: str, repository_path: Callable[[str], str], *, command: str = "lint"
) -> str:
    """A heading, the findings, what was looked at.  What would make the comment too long is counted only.

    Args:
        title: the heading, as plain text.
        end: the last paragraph, as plain text.
        repository_path: the path of a file from the root of the repository.
        command: which one found them.
    """
    parts = [f"{_MARKER.format(command)}\n### {plain(title)}"]
    room = _LONGEST
    for number, finding in enumerate(findings):
        part = "\n\n".join(_parts(finding, repository_path))
        room -= len(part)
        if room < 0:
            rest = len(findings) - number
            parts.append(
                f"{rest} more finding{'' if rest == 1 else 's'} would not fit here: `limbeck {command}` tells all."
            )
            break
        parts.append(part)
    return "\n\n".join((*parts, plain(end)))


def _parts(finding: Finding, repository_path: Callable[[str], str]) -> Iterator[str]:
    span = finding.span
    place = f" at {code(f'{repository_path(span.path)}:{span.line}')}" if span.path else ""
    yield f"**{finding.severity}** {code(finding.rule)}{place}: {plain(finding.message)}"
    yield f"{plain(finding.effect)} ({how_known(finding)})"
    details = [fenced(shortened(finding.statement), "sql")] if finding.statement else []
    if finding.remedy:
        details += ["Instead:", fenced(finding.remedy, "python" if _is_python(finding.remedy) else "")]
    if details:
        summary = " and ".join(
            name for name, told in (("statement", finding.statement), ("remedy", finding.remedy)) if told
        )
        yield "\n\n".join((f"<details><summary>{summary}</summary>", *details, "</details>"))


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True

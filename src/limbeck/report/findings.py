"""Findings, as text that draws the line, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from limbeck.model.facts import Known
from limbeck.report.safe_text import printable, printable_lines

if TYPE_CHECKING:
    from typing import Any

    from limbeck.model.finding import Finding
    from limbeck.model.revision import Span

_LONGEST_STATEMENT = 400
_MOST_NAMES = 6


def findings_text(
    findings: Sequence[Finding], display_path: Callable[[str], str], told_once: frozenset[str] = frozenset()
) -> str:
    """Each finding: where, how bad, which rule, what; the line; who waits; what to write instead.

    Args:
        told_once: rules of which findings in the same words are told once, with the names of the other revisions.
    """
    others: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.rule in told_once:
            others.setdefault((finding.rule, finding.message), []).append(finding)
    blocks = []
    for finding in findings:
        alike = others.get((finding.rule, finding.message), [finding])
        if alike[0] is finding:
            blocks.append("\n".join([*_lines(finding, display_path), *_likewise(alike[1:])]))
    return "\n\n".join(blocks)


def _likewise(others: Sequence[Finding]) -> Iterator[str]:
    names = [other.revision or "the chain" for other in others]
    if len(names) > _MOST_NAMES:
        names[_MOST_NAMES - 2 : -1] = ["..."]
    if names:
        yield printable(f"  the same of {len(others)} more: {', '.join(names)}")


def findings_json(findings: Sequence[Finding], display_path: Callable[[str], str]) -> list[dict[str, Any]]:
    """The documented keys."""
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "known": finding.known.value,
            "revision": finding.revision,
            "path": display_path(finding.span.path),
            "line": finding.span.line,
            "column": finding.span.column,
            "statement": finding.statement,
            "message": finding.message,
            "effect": finding.effect,
            "remedy": finding.remedy,
        }
        for finding in findings
    ]


def how_known(finding: Finding) -> str:
    """`measured on PostgreSQL 18.6`, `documented by PostgreSQL`, `read from the file`."""
    if finding.known is Known.MEASURED:
        return f"measured on PostgreSQL {finding.server}" if finding.server else "measured"
    return "documented by PostgreSQL" if finding.known is Known.DOCUMENTED else "read from the file"


def _lines(finding: Finding, display_path: Callable[[str], str]) -> Iterator[str]:
    span = finding.span
    place = f"{display_path(span.path)}:{span.line}:{span.column}" if span.path else "the chain"
    yield printable(f"{place}: {finding.severity} {finding.rule}: {finding.message}")
    yield from _drawn(span)
    if finding.statement:
        yield from _labelled("statement", shortened(finding.statement))
    yield from _labelled("effect", finding.effect)
    yield from _labelled("known", how_known(finding))
    if finding.remedy:
        yield "  instead:"
        yield from (f"    {line}" if line else "" for line in printable_lines(finding.remedy).split("\n"))


def _drawn(span: Span) -> Iterator[str]:
    """The line of the file, with its number, and a mark where the finding begins."""
    line = _line_of(span)
    if line is None:
        return
    number = str(span.line)
    shown = printable(line.expandtabs(4))
    start = len(printable(line[: span.column - 1].expandtabs(4)))
    length = max(1, len(shown.rstrip()) - start)
    yield f"  {number} | {shown}"
    yield f"  {' ' * len(number)} | {' ' * start}{'^' * length}"


def _line_of(span: Span) -> str | None:
    if not span.path.endswith(".py"):
        return None
    try:
        with open(span.path, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return None
    return lines[span.line - 1] if 0 < span.line <= len(lines) else None


def _labelled(label: str, text: str) -> Iterator[str]:
    lines = printable_lines(text).split("\n")
    yield f"  {label}: {lines[0]}"
    yield from (f"    {line}" for line in lines[1:])


def shortened(statement: str) -> str:
    """The beginning of a long statement, without empty lines."""
    text = "\n".join(line.rstrip() for line in statement.strip().splitlines() if line.strip())
    return text if len(text) <= _LONGEST_STATEMENT else f"{text[:_LONGEST_STATEMENT]} ..."

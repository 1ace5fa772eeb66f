"""What stands in the way of a plan, before it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from limbeck.report.safe_text import printable

if TYPE_CHECKING:
    from typing import Any

    from limbeck.model.preflight import Findings, Obstacle


def obstacle_json(obstacle: Obstacle, display_path: Callable[[str], str]) -> dict[str, Any]:
    """The documented keys of an obstacle."""
    span = obstacle.span
    return {
        "revision": obstacle.revision,
        "kind": obstacle.kind.value,
        "table": obstacle.table,
        "columns": list(obstacle.columns),
        "message": obstacle.message,
        "rows": obstacle.rows,
        "query": obstacle.query,
        "path": display_path(span.path) if span is not None else None,
        "line": span.line if span is not None else None,
        "mended_by": obstacle.mended_by,
    }


def findings_json(findings: Findings, display_path: Callable[[str], str]) -> dict[str, Any]:
    """The documented keys that a plan has of what was found."""
    return {
        "obstacles": [obstacle_json(obstacle, display_path) for obstacle in findings.obstacles],
        "unchecked": [{"revision": left.revision, "reason": left.reason} for left in findings.unchecked],
    }


def findings_lines(findings: Findings) -> list[str]:
    """For people: what would be refused, then what may be mended, then what was not looked at."""
    lines: list[str] = []
    refused = findings.refused
    if refused:
        lines += [
            "",
            f"{len(refused)} change{'s' if len(refused) > 1 else ''} cannot be made as the database is now:",
        ]
        lines += [line for obstacle in refused for line in obstacle_lines(obstacle)]
    mended = [obstacle for obstacle in findings.obstacles if obstacle.mended_by is not None]
    if mended:
        lines += ["", "rows are in the way, and may be out of it by then:"]
        lines += [line for obstacle in mended for line in obstacle_lines(obstacle)]
    if findings.unchecked:
        lines += ["", "not looked at:"]
        lines += [printable(f"  {left.revision}: {left.reason}") for left in findings.unchecked]
    return lines


def obstacle_lines(obstacle: Obstacle) -> list[str]:
    """The fact, the query, what may mend it."""
    line = f" line {obstacle.span.line}" if obstacle.span is not None else ""
    lines = [f"  {obstacle.revision}{line}: {obstacle.message}", f"    {obstacle.query}"]
    if obstacle.mended_by is not None:
        lines.append(f"    may be mended by {obstacle.mended_by}")
    return [printable(line) for line in lines]

"""What stands in the way of a plan, before it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from limbeck.model.preflight import DestroyedKind
from limbeck.report.safe_text import printable

if TYPE_CHECKING:
    from typing import Any

    from limbeck.model.preflight import Destroyed, Findings, Obstacle
    from limbeck.model.revision import Span


_SHOWN = 8  # of what was not looked at


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
        "destroys": [
            {
                "revision": one.revision,
                "what": one.what.value,
                "table": one.table,
                "column": one.column,
                "rows": one.rows,
                "path": display_path(one.span.path) if one.span is not None else None,
                "line": one.span.line if one.span is not None else None,
            }
            for one in findings.destroyed
        ],
        "unsure": findings.unsure,
        "impossible": [
            {"revision": one.revision, "reason": one.reason, "refused": one.refused} for one in findings.impossible
        ],
    }


def findings_lines(findings: Findings) -> list[str]:
    """For people: what would be refused, then what may be mended, then what was not looked at."""
    lines: list[str] = []
    loss = loss_lines(findings)
    if loss:
        lines += ["", "what goes:", *loss]
    failing = [one for one in findings.impossible if one.refused]
    if failing:
        lines += ["", "this way back cannot be gone to its end:"]
        lines += [printable(f"  {one.revision}: {one.reason}") for one in failing]
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
        lines += [printable(f"  {left.revision}: {left.reason}") for left in findings.unchecked[:_SHOWN]]
        if len(findings.unchecked) > _SHOWN:
            lines.append(f"  {len(findings.unchecked) - _SHOWN} more")
    return lines


def obstacle_lines(obstacle: Obstacle) -> list[str]:
    """The fact, the query, what may mend it."""
    lines = [f"  {_place(obstacle.revision, obstacle.span)}: {obstacle.message}", f"    {obstacle.query}"]
    if obstacle.mended_by is not None:
        lines.append(f"    may be mended by {obstacle.mended_by}")
    return [printable(line) for line in lines]


def loss_lines(findings: Findings) -> list[str]:
    """What a way back destroys, and what it leaves although it should not; nothing for a way forward."""
    lines = [f"  {_place(one.revision, one.span)}: {_loss(one)}" for one in findings.destroyed]
    if findings.unsure is not None:
        lines.append(f"  and what nobody can tell beforehand: {findings.unsure}")
    lines += [f"  nothing by {one.revision}: {one.reason}" for one in findings.impossible if not one.refused]
    return [printable(line) for line in lines]


def _loss(one: Destroyed) -> str:
    if one.what is DestroyedKind.COLUMN:
        held = "where something is" if one.rows else "nothing is there"
        return f"column {one.table}.{one.column}, {f'{_rows(one.rows)} {held}' if one.rows != 0 else held}"
    if one.what is DestroyedKind.ROWS:
        return f"{_rows(one.rows)} of {one.table}"
    return f"table {one.table}, {_rows(one.rows)}"


def _rows(count: int | None) -> str:
    if count is None:
        return "rows that were not counted"
    return "no rows" if count == 0 else "1 row" if count == 1 else f"{count:,} rows"


def _place(revision: str, span: Span | None) -> str:
    return f"{revision} line {span.line}" if span is not None else revision

"""Differences between schemas."""

from __future__ import annotations

from limbeck.report.safe_text import printable, printable_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from limbeck.model.plan import DatabaseState
    from limbeck.verify.schema.difference import Difference
    from limbeck.verify.schema.drift import Drift


def drift_text(state: DatabaseState, drift: Drift) -> str:
    """What differs between a database and its chain, a sentence each, and what would close it."""
    name = f" {state.name}" if state.name else ""
    at = ", ".join(state.rows) or "base"
    lines = [f"database{name}: {printable(state.address)}, at {printable(at)}"]
    lines += difference_lines(drift.differences)
    if drift.order:
        lines.append("columns in another order, which is no difference:")
        lines += [f"  {printable(change.sentence)}" for change in drift.order]
    return "\n".join([*lines, *_beside(drift), counted(len(drift.differences))])


def models_text(rows: Sequence[str], drift: Drift) -> str:
    """What differs between the models and the chain at its heads, and the calls that would close it."""
    lines = [f"models and chain at {printable(', '.join(rows) or 'base')}"]
    lines += difference_lines(drift.differences)
    return "\n".join([*lines, *_beside(drift), counted(len(drift.differences))])


def _beside(drift: Drift) -> list[str]:
    """What is known, and what was not compared."""
    lines = []
    if drift.ignored:
        lines.append(f"known, by ignore_drift: {len(drift.ignored)}")
        lines += [f"  {printable(each.sentence)}: {printable(reason)}" for each, reason in drift.ignored]
    return [*lines, *(f"note: {printable(remark)}" for remark in drift.remarks)]


def models_json(rows: Sequence[str], drift: Drift) -> dict[str, Any]:
    """The documented keys."""
    return {"heads": list(rows), **compared_json(drift)}


def difference_lines(differences: Sequence[Difference]) -> list[str]:
    """A sentence each, with what would close it below."""
    lines = []
    for difference in differences:
        lines.append(printable(difference.sentence))
        closed = difference.operation.splitlines() if difference.operation else [f"{sql};" for sql in difference.sql]
        lines += [f"  | {line}" for words in closed for line in printable_lines(words).splitlines()]
    return lines


def counted(number: int) -> str:
    """Such as `2 differences`."""
    return "no differences" if not number else "1 difference" if number == 1 else f"{number} differences"


def drift_json(found: Sequence[tuple[DatabaseState, Drift]]) -> dict[str, Any]:
    """The documented keys."""
    return {
        "differences": sum(len(drift.differences) for _, drift in found),
        "databases": [
            {"name": state.name, "address": state.address, "current": list(state.rows), **compared_json(drift)}
            for state, drift in found
        ],
    }


def compared_json(drift: Drift) -> dict[str, Any]:
    """What was compared, and what differs."""
    return {
        "version": drift.found,
        "scratch": drift.wanted,
        "differences": [difference.as_json() for difference in drift.differences],
        "ignored": [{"difference": difference.as_json(), "reason": reason} for difference, reason in drift.ignored],
        "order": [
            {"table": change.identity.qualified, "wanted": change.before, "found": change.after}
            for change in drift.order
        ],
        "remarks": list(drift.remarks),
    }

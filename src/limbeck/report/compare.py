"""Databases side by side."""

from __future__ import annotations

from limbeck.model.record import NamedTuple
from limbeck.report.drift import counted, difference_lines
from limbeck.report.match import rows_text
from limbeck.report.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import DatabaseState
    from limbeck.verify.schema.drift import Drift
    from limbeck.verify.schema.side_by_side import SideBySide


class Compared(NamedTuple):
    """One database.

    Attributes:
        pending: how many revisions `upgrade heads` would run; None when the version table holds one that no file has.
    """

    state: DatabaseState
    pending: int | None


def compare_text(graph: RevisionGraph, databases: Mapping[str, Compared], found: SideBySide) -> str:
    """A table of the databases, and what differs, a sentence each."""
    table = [("", "revision", "pending", "schema")]
    for name, each in databases.items():
        pending = "unknown" if each.pending is None else str(each.pending)
        table.append((printable(name), _revision(graph, each.state), pending, _schema(name, found)))
    widths = [max(len(row[column]) for row in table) for column in range(3)]
    lines = [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])).rstrip()
        for row in table
    ]
    at = databases[found.reference].state.rows
    for name, drift in found.drifts.items():
        if drift.differences or drift.ignored or drift.remarks:
            lines += ["", *_difference(name, drift, same_revision=databases[name].state.rows == at)]
    return "\n".join(lines)


def _difference(name: str, drift: Drift, *, same_revision: bool) -> list[str]:
    lines = [f"{printable(name)}:"]
    differences = drift.differences if same_revision else [each._replace(sql=()) for each in drift.differences]
    lines += [f"  {line}" for line in difference_lines(differences)]
    if drift.ignored:
        lines.append(f"  known, by ignore_drift: {len(drift.ignored)}")
    return [*lines, *(f"  note: {printable(remark)}" for remark in drift.remarks)]


def _revision(graph: RevisionGraph, state: DatabaseState) -> str:
    if len(state.rows) == 1 and state.rows[0] in graph.revisions:
        return printable(f"{state.rows[0]} (#{graph.position(state.rows[0])} of {len(graph.order)})")
    unknown = [row for row in state.rows if row not in graph.revisions]
    return rows_text(state.rows) + (" (no file has it)" if unknown else "")


def _schema(name: str, found: SideBySide) -> str:
    if name == found.reference:
        return "what the others are compared with"
    drift = found.drifts[name]
    if not drift.differences:
        return f"as {printable(found.reference)}"
    return counted(len(drift.differences))


def compare_json(graph: RevisionGraph, databases: Mapping[str, Compared], found: SideBySide) -> dict[str, Any]:
    """The documented keys."""
    return {
        "reference": found.reference,
        "databases": [
            {
                "name": name,
                "address": each.state.address,
                "current": list(each.state.rows),
                "unknown": [row for row in each.state.rows if row not in graph.revisions],
                "pending": each.pending,
                **_drift_json(found.drifts.get(name)),
            }
            for name, each in databases.items()
        ],
    }


def _drift_json(drift: Drift | None) -> dict[str, Any]:
    if drift is None:
        return {"differences": [], "ignored": [], "remarks": []}
    return {
        "differences": [difference.as_json() for difference in drift.differences],
        "ignored": [{"difference": each.as_json(), "reason": reason} for each, reason in drift.ignored],
        "remarks": list(drift.remarks),
    }

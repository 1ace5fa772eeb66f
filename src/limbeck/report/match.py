"""Which revision a schema is at."""

from __future__ import annotations

from limbeck.report.drift import compared_json, difference_lines
from limbeck.report.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import DatabaseState
    from limbeck.verify.schema.matching import Candidate, Match

_SHOWN = 5


def match_text(graph: RevisionGraph, state: DatabaseState, match: Match) -> str:
    """What the version table says, what the schema says, the nearest states, and what differs from the first."""
    name = f" {state.name}" if state.name else ""
    lines = [
        f"database{name}: {printable(state.address)}",
        f"version table: {_rows_words(graph, state.rows)}",
        f"schema: {_schema_words(match)}",
    ]
    lines += nearest_lines(graph, match)
    first = match.candidates[0]
    if first.drift.differences:
        lines.append(differing_text(first))
    if first.drift.ignored:
        lines.append(f"known, by ignore_drift: {len(first.drift.ignored)}")
    lines += [f"note: {printable(remark)}" for remark in (*first.drift.remarks, *match.unknown)]
    return "\n".join(lines)


def differing_text(candidate: Candidate) -> str:
    """What differs from a state, a sentence each."""
    lines = difference_lines(candidate.drift.differences)
    return "\n".join([f"what differs from {rows_text(candidate.rows)}:", *(f"  {line}" for line in lines)])


def nearest_lines(graph: RevisionGraph, match: Match) -> list[str]:
    """The nearest states, each with its number of differences."""
    shown = match.candidates[: max(_SHOWN, len(match.exact))]
    told = [(_rows_words(graph, each.rows), _objects(each)) for each in shown]
    width = max(len(words) for words, _ in told)
    return ["nearest:", *(f"  {words:<{width}}  {count}" for words, count in told)]


def _objects(candidate: Candidate) -> str:
    if candidate.exact:
        return "no differences"
    return "1 object differs" if candidate.objects == 1 else f"{candidate.objects} objects differ"


def rows_text(rows: Sequence[str]) -> str:
    """The rows of a version table."""
    return printable(", ".join(rows) or "base")


def _schema_words(match: Match) -> str:
    exact = match.exact
    if not exact:
        return f"none of the chain's; nearest to {rows_text(match.candidates[0].rows)}"
    words = " or ".join(rows_text(each.rows) for each in exact)
    return f"exactly that of {words}" + (", which are the same" if len(exact) > 1 else "")


def _rows_words(graph: RevisionGraph, rows: Sequence[str]) -> str:
    if not rows:
        return "base"
    return "; ".join(_words(graph, row) for row in rows)


def _words(graph: RevisionGraph, row: str) -> str:
    if row not in graph.revisions:
        return f"{printable(row)}, which no file has"
    message = graph.revisions[row].message.partition("\n")[0]
    return printable(f"{row}  #{graph.position(row)} of {len(graph.order)}  {message}")


def match_json(graph: RevisionGraph, found: Sequence[tuple[DatabaseState, Match]]) -> dict[str, Any]:
    """The documented keys."""
    return {
        "databases": [
            {
                "name": state.name,
                "address": state.address,
                "current": list(state.rows),
                "unknown": [row for row in state.rows if row not in graph.revisions],
                "agrees": any(each.rows == state.rows for each in match.exact),
                "exact": [_candidate_json(each) for each in match.exact],
                "nearest": [_candidate_json(each) for each in match.candidates],
                **compared_json(match.candidates[0].drift),
                "remarks": [*match.candidates[0].drift.remarks, *match.unknown],
            }
            for state, match in found
        ]
    }


def _candidate_json(candidate: Candidate) -> dict[str, Any]:
    return {"revisions": list(candidate.rows), "objects": candidate.objects}

"""Where databases stand."""

from __future__ import annotations

from limbeck.report.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from limbeck.graph import RevisionGraph
    from limbeck.model.standing import Standing

_INDENT = " " * 10


def state_text(graph: RevisionGraph, standing: Standing, display_path: Callable[[str], str]) -> str:
    """Where a database is, what it is at, what of its past does not agree with the files, what comes next."""
    state, unknown, waiting, changed, lost = standing
    name = f" {state.name}" if state.name else ""
    lines = [f"database{name}: {printable(state.address)}"]
    told = {each.revision: each for each in lost}
    for row in state.rows:
        if row in unknown:
            lines.append(f"current:  {printable(row)}: no file has this revision")
            if row in told:
                from limbeck.report.past import lost_lines

                lines += [_INDENT + line for line in lost_lines(told[row])]
        else:
            lines.append(f"current:  {_words(graph, row)}")
    if not state.rows:
        lines.append("current:  base: nothing has run yet")
    if changed:
        from limbeck.report.past import changed_lines

        lines += changed_lines(changed, display_path)
    if unknown:
        lines.append("next:     unknown: newer files made this database, or the file was deleted")
    elif waiting:
        lines.append(f"next:     {_words(graph, waiting[0])}")
        lines.append(f"pending:  {len(waiting)} of {len(graph.order)}")
    else:
        lines.append("next:     nothing, the database is up to date")
    return "\n".join(lines)


def state_json(standings: Sequence[Standing], display_path: Callable[[str], str]) -> dict[str, Any]:
    """The documented keys; over several databases `current`, `next` and `unknown` are unions and `databases` tells
    each.
    """
    from limbeck.report.past import changed_json, lost_json

    databases = [
        {
            "name": state.name,
            "address": state.address,
            "current": list(state.rows),
            "next": list(waiting[:1]),
            "pending": len(waiting),
            "unknown": list(unknown),
            "changed": changed_json(changed, display_path),
            "lost": [lost_json(each) for each in lost],
        }
        for state, unknown, waiting, changed, lost in standings
    ]
    together: dict[str, Any] = {
        key: list(dict.fromkeys(value for database in databases for value in _list(database[key])))
        for key in ("current", "next", "unknown")
    }
    together["pending"] = sum(len(standing.pending) for standing in standings)
    return {**together, "databases": databases}


def _list(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


def _words(graph: RevisionGraph, revision: str) -> str:
    message = graph.revisions[revision].message.partition("\n")[0]
    return printable(f"{revision}  #{graph.position(revision)} of {len(graph.order)}  {message}")

"""Where databases stand."""

from __future__ import annotations

from collections.abc import Sequence

from limbeck.report.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import DatabaseState

Standing = tuple["DatabaseState", tuple[str, ...], tuple[str, ...]]


def state_text(graph: RevisionGraph, state: DatabaseState, unknown: tuple[str, ...], waiting: tuple[str, ...]) -> str:
    """Where a database is, what it is at, what comes next.

    Args:
        unknown: rows of the version table that no file has.
        waiting: revisions pending, in order.
    """
    name = f" {state.name}" if state.name else ""
    lines = [f"database{name}: {printable(state.address)}"]
    for row in state.rows:
        if row in unknown:
            lines.append(f"current:  {printable(row)}: no file has this revision")
        else:
            lines.append(f"current:  {_words(graph, row)}")
    if not state.rows:
        lines.append("current:  base: nothing has run yet")
    if unknown:
        lines.append("next:     unknown: newer files made this database, or the file was deleted")
    elif waiting:
        lines.append(f"next:     {_words(graph, waiting[0])}")
        lines.append(f"pending:  {len(waiting)} of {len(graph.order)}")
    else:
        lines.append("next:     nothing, the database is up to date")
    return "\n".join(lines)


def state_json(standings: Sequence[Standing]) -> dict[str, Any]:
    """The documented keys; over several databases `current`, `next` and `unknown` are unions and `databases` tells
    each.
    """
    databases = [
        {
            "name": state.name,
            "address": state.address,
            "current": list(state.rows),
            "next": list(waiting[:1]),
            "pending": len(waiting),
            "unknown": list(unknown),
        }
        for state, unknown, waiting in standings
    ]
    together: dict[str, Any] = {
        key: list(dict.fromkeys(value for database in databases for value in _list(database[key])))
        for key in ("current", "next", "unknown")
    }
    together["pending"] = sum(len(waiting) for _, _, waiting in standings)
    return {**together, "databases": databases}


def _list(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


def _words(graph: RevisionGraph, revision: str) -> str:
    message = graph.revisions[revision].message.partition("\n")[0]
    return printable(f"{revision}  #{graph.position(revision)} of {len(graph.order)}  {message}")

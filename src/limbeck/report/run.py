"""How a run went."""

from __future__ import annotations

from collections.abc import Callable

from limbeck.report.safe_text import printable, printable_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import Direction, RunResult


_SHOWN = 8  # of the pending revisions


def result_text(
    graph: RevisionGraph, direction: Direction, result: RunResult, display_path: Callable[[str], str], *, stopped: bool
) -> str:
    """What ran and how long it took, what failed and where, what is pending, where the databases stand.

    Args:
        stopped: the run did not end well, whether or not a step failed.
    """
    lines = []
    if result.applied:
        seconds = sum(step.seconds for step in result.applied)
        count = len(result.applied)
        lines.append(f"{direction}d {count} revision{'s' if count > 1 else ''} in {seconds:.2f} s")
    elif not stopped:
        lines.append("nothing to do")
    if result.failed is not None:
        failed = result.failed
        lines.append(printable(f"failed: {failed.revision} after {failed.seconds:.2f} s"))
        if failed.span is not None:
            lines.append(printable(f"  at {display_path(failed.span.path)}:{failed.span.line}"))
        code = f" (SQLSTATE {failed.sqlstate})" if failed.sqlstate else ""
        lines.append(printable(f"  {failed.error}{code}"))
        if failed.statement:
            lines += [f"  | {line}" for line in printable_lines(failed.statement.strip()).splitlines()]
        if result.pending:
            more = f" and {len(result.pending) - _SHOWN} more" if len(result.pending) > _SHOWN else ""
            lines.append(printable(f"pending: {', '.join(result.pending[:_SHOWN])}{more}"))
    for state in result.states:
        name = f" {state.name}" if state.name else ""
        lines.append(
            printable(f"database{name} {'is' if state.certain else 'was last seen'} at {_words(graph, state.rows)}")
        )
    return "\n".join(lines)


def _words(graph: RevisionGraph, rows: tuple[str, ...]) -> str:
    if not rows:
        return "base"
    return ", ".join(
        f"{row} (#{graph.position(row)} of {len(graph.order)})" if row in graph.revisions else row for row in rows
    )


def result_json(result: RunResult, display_path: Callable[[str], str]) -> dict[str, Any]:
    """The documented keys of `upgrade` and `downgrade`; `current` is what another connection saw afterwards."""
    failed = result.failed
    return {
        "applied": [
            {"revision": step.revision, "seconds": round(step.seconds, 6), **_database(step.database)}
            for step in result.applied
        ],
        "failed": None
        if failed is None
        else {
            "revision": failed.revision,
            "seconds": round(failed.seconds, 6),
            "error": failed.error,
            "sqlstate": failed.sqlstate,
            "statement": failed.statement,
            "path": display_path(failed.span.path) if failed.span else None,
            "line": failed.span.line if failed.span else None,
            **_database(failed.database),
        },
        "pending": list(result.pending),
        "current": sorted({row for state in result.states for row in state.rows}),
    }


def _database(name: str) -> dict[str, str]:
    return {"database": name} if name else {}

"""One revision, in full."""

from __future__ import annotations

from collections.abc import Callable

from limbeck.report.safe_text import printable, printable_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import Step


def show_text(
    graph: RevisionGraph, identifier: str, display_path: Callable[[str], str], sql: tuple[Step, Step] | None
) -> str:
    """Where the revision stands in the chain, its text, and its SQL when it was rendered."""
    revision = graph.revisions[identifier]
    kinds = [
        word
        for word, holds in (
            ("base", identifier in graph.bases),
            ("head", identifier in graph.heads),
            ("branch point", identifier in graph.branch_points),
            ("merge point", identifier in graph.merge_points),
        )
        if holds
    ]
    rows = [
        ("revision", identifier + (f" ({', '.join(kinds)})" if kinds else "")),
        ("position", f"#{graph.position(identifier)} of {len(graph.order)}"),
        ("file", display_path(revision.path)),
        ("parents", ", ".join(revision.parents) or "none: the chain begins here"),
        ("children", ", ".join(graph.children(identifier)) or "none: the chain ends here"),
        ("depends on", ", ".join(revision.depends_on)),
        ("labels", ", ".join(graph.labels(identifier))),
        ("created", revision.created or ""),
    ]
    lines = [f"{name + ':':<12}{printable(value)}" for name, value in rows if value]
    lines += ["", *(f"    {line}".rstrip() for line in printable_lines(revision.message).splitlines())]
    for step in sql or ():
        lines += ["", f"{step.direction}:", *step_lines(step, display_path)]
    return "\n".join(lines)


def show_json(
    graph: RevisionGraph, identifier: str, display_path: Callable[[str], str], sql: tuple[Step, Step] | None
) -> dict[str, Any]:
    """The keys of `history`'s revisions, and the neighbours; `upgrade` and `downgrade` when the SQL was rendered."""
    from limbeck.report.history import revision_json

    document = revision_json(graph.revisions[identifier], graph.position(identifier), display_path)
    document["children"] = list(graph.children(identifier))
    document["of"] = len(graph.order)
    for step in sql or ():
        document[step.direction.value] = step_json(step, display_path)
    return document


def step_lines(step: Step, display_path: Callable[[str], str]) -> list[str]:
    """The statements of a step, each below the line of Python that issues it; the file is named once."""
    lines = []
    path = None
    for statement in step.statements:
        span = statement.span
        if span is not None and span.path != path:
            path = span.path
            lines.append(f"    -- {printable(display_path(path))}")
        marks = [f"line {span.line}"] if span is not None else []
        marks += ["committed by itself"] if statement.by_itself else []
        if marks:
            lines.append(f"    -- {', '.join(marks)}")
        if statement.warning is not None:
            lines.append(f"    -- warning: {printable(statement.warning)}")
        lines += [f"    {line}".rstrip() for line in printable_lines(statement.sql).splitlines()]
    if step.unrendered is not None:
        lines.append(f"    -- the rest needs a database: {printable(step.unrendered)}")
    elif not step.statements:
        lines.append("    -- no SQL")
    return lines


def step_json(step: Step, display_path: Callable[[str], str]) -> dict[str, Any]:
    """The documented keys of a plan's step."""
    return {
        "revision": step.revision,
        "direction": step.direction.value,
        "statements": [
            {
                "sql": statement.sql,
                "path": display_path(statement.span.path) if statement.span else None,
                "line": statement.span.line if statement.span else None,
                "by_itself": statement.by_itself,
                "warning": statement.warning,
            }
            for statement in step.statements
        ],
        "unrendered": step.unrendered,
    }

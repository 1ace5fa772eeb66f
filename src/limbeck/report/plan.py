"""A plan, before it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from limbeck.report.past import changed_json, changed_lines
from limbeck.report.safe_text import printable
from limbeck.report.show import step_json, step_lines

if TYPE_CHECKING:
    from typing import Any

    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import Plan
    from limbeck.model.standing import ChangedFile


def plan_text(
    graph: RevisionGraph,
    plan: Plan,
    changed: Sequence[ChangedFile],
    display_path: Callable[[str], str],
    *,
    with_sql: bool = True,
) -> str:
    """From where to where, then each step, with its SQL unless that was not asked for.

    Args:
        changed: applied revisions whose file is not what ran.
    """
    name = f"database {plan.database}: " if plan.database else ""
    start = ", ".join(plan.start) or "base"
    notes = changed_lines(changed, display_path)
    if not plan.steps:
        return "\n".join((f"{name}nothing to do, the database is at {start}", *notes))
    count = len(plan.steps)
    lines = [f"{name}{count} step{'s' if count > 1 else ''}, from {start} to {', '.join(plan.target) or 'base'}"]
    for number, step in enumerate(plan.steps, 1):
        message = graph.revisions[step.revision].message.partition("\n")[0]
        line = printable(f"{number}/{count} {step.direction} {step.revision}  {message}")
        lines += ["", line, *step_lines(step, display_path)] if with_sql else [line]
    unrendered = sum(step.unrendered is not None for step in plan.steps)
    if unrendered:
        lines += ["", f"{unrendered} of {count} steps read the database, and their SQL is known only when they run"]
    warnings = sum(statement.warning is not None for step in plan.steps for statement in step.statements)
    if warnings:
        lines += ["", f"{warnings} warning{'s' if warnings > 1 else ''}: the database will not take this as it is"]
    if notes:
        lines += ["", *notes]
    lines += ["", f"digest {plan.digest}"]
    return "\n".join(lines)


def plan_json(
    plans: Sequence[tuple[Plan, Sequence[ChangedFile]]], display_path: Callable[[str], str]
) -> dict[str, Any]:
    """The documented keys, those of the first database; with several, `databases` holds the plan of each."""
    documents = [
        {
            "database": plan.database,
            "from": list(plan.start),
            "to": list(plan.target),
            "digest": plan.digest,
            "steps": [step_json(step, display_path) for step in plan.steps],
            "changed": changed_json(changed, display_path),
        }
        for plan, changed in plans
    ]
    return {**documents[0], "databases": documents} if len(documents) > 1 else documents[0]

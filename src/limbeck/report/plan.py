"""A plan, before it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from limbeck.report.past import changed_json, changed_lines
from limbeck.report.plan_facts import closing_lines, measured_lines, sizes_json, verdict_json, verdict_lines
from limbeck.report.preflight import findings_json, findings_lines
from limbeck.report.safe_text import printable
from limbeck.report.show import step_json, step_lines

if TYPE_CHECKING:
    from typing import Any

    from limbeck.graph import RevisionGraph
    from limbeck.lint.verdict import PlanVerdicts
    from limbeck.model.plan import Step
    from limbeck.model.preflight import Surveyed


def plan_text(
    graph: RevisionGraph,
    surveyed: Surveyed,
    display_path: Callable[[str], str],
    found: PlanVerdicts | None = None,
    *,
    with_sql: bool = True,
) -> str:
    """From where to where, then each step, with its SQL unless that was not asked for, and what is in its way.

    Args:
        found: what the steps do to those who use the database, where that is known.
    """
    plan = surveyed.plan
    name = f"database {plan.database}: " if plan.database else ""
    start = ", ".join(plan.start) or "base"
    notes = changed_lines(surveyed.changed, display_path)
    if not plan.steps:
        return "\n".join((printable(f"{name}nothing to do, the database is at {start}"), *notes))
    count = len(plan.steps)
    route = f"{name}{count} step{'s' if count > 1 else ''}, from {start} to {', '.join(plan.target) or 'base'}"
    lines = [printable(route)]
    for number, step in enumerate(plan.steps, 1):
        message = graph.revisions[step.revision].message.partition("\n")[0]
        line = printable(f"{number}/{count} {step.direction} {step.revision}  {message}")
        lines += ["", line] if with_sql else [line]
        verdict = found.verdicts.get(step.revision) if found is not None else None
        if verdict is None or found is None:
            lines += step_lines(step, display_path) if with_sql else []
            continue
        if with_sql:
            lines += [*measured_lines(step, verdict, found.sizes, display_path), ""]
        lines += verdict_lines(verdict)
    unrendered = sum(step.unrendered is not None for step in plan.steps)
    if unrendered:
        lines += ["", f"{unrendered} of {count} steps read the database, and their SQL is known only when they run"]
    warnings = sum(statement.warning is not None for step in plan.steps for statement in step.statements)
    if warnings:
        lines += ["", f"{warnings} warning{'s' if warnings > 1 else ''}: the database will not take this as it is"]
    lines += findings_lines(surveyed.findings)
    if found is not None and (closing := closing_lines(found)):
        lines += ["", *closing]
    if notes:
        lines += ["", *notes]
    lines += ["", f"digest {plan.digest}"]
    return "\n".join(lines)


def plan_json(
    surveyed: Sequence[Surveyed], display_path: Callable[[str], str], found: Sequence[PlanVerdicts | None]
) -> dict[str, Any]:
    """The documented keys, those of the first database; with several, `databases` holds the plan of each."""
    documents = [
        {
            "database": one.plan.database,
            "from": list(one.plan.start),
            "to": list(one.plan.target),
            "digest": one.plan.digest,
            "steps": [_step_json(step, display_path, verdicts) for step in one.plan.steps],
            **sizes_json(verdicts),
            "changed": changed_json(one.changed, display_path),
            **findings_json(one.findings, display_path),
        }
        for one, verdicts in zip(surveyed, found, strict=True)
    ]
    return {**documents[0], "databases": documents} if len(documents) > 1 else documents[0]


def _step_json(step: Step, display_path: Callable[[str], str], found: PlanVerdicts | None) -> dict[str, Any]:
    verdict = None if found is None else found.verdicts.get(step.revision)
    return {**step_json(step, display_path), "facts": verdict_json(verdict, display_path)}

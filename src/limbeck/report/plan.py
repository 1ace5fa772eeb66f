"""A plan, before it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from limbeck.report.past import changed_json, changed_lines, known_lines, lost_json, ways_on
from limbeck.report.plan_facts import closing_lines, measured_lines, sizes_json, verdict_json, verdict_lines
from limbeck.report.preflight import findings_json, findings_lines
from limbeck.report.safe_text import printable
from limbeck.report.show import step_json, step_lines

if TYPE_CHECKING:
    from typing import Any

    from limbeck.graph import RevisionGraph
    from limbeck.lint.verdict import PlanVerdicts
    from limbeck.model.plan import Step
    from limbeck.model.preflight import NoRoute, Surveyed


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
    notes = changed_lines(surveyed.past.changed, display_path)
    if surveyed.past.no_route is not None:
        return "\n".join((*_no_route_lines(graph, surveyed.past.no_route, name), *notes))
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


def _no_route_lines(graph: RevisionGraph, found: NoRoute, name: str) -> Iterator[str]:
    """That no step can be told, what is known of the reason, what is known of the files, what can be done."""
    unknown = ", ".join(lost.revision for lost in found.lost)
    yield printable(f"{name}no step can be told: the database is at {unknown}, and no file has that revision")
    for lost in found.lost:
        yield printable(lost.revision)
        yield from (f"  {line}" for line in known_lines(lost))
    if found.stands_on is not None:
        yield printable(f"by the journal it stands on {', '.join(found.stands_on) or 'base'}")
    if found.untold:
        whether = "have not run" if found.stands_on is not None else "may have run or not"
        yield f"of the files on the way, {len(found.untold)} {whether}:"
    for revision in found.untold:
        message = graph.revisions[revision].message.partition("\n")[0]
        yield printable(f"  {revision}  {message}".rstrip())
    ways = dict.fromkeys(way for lost in found.lost for way in ways_on(lost))
    yield from (f"hint: {way}" for way in (*ways, "limbeck match tells which revision the schema is at"))


def _no_route_json(found: NoRoute | None) -> dict[str, Any]:
    if found is None:
        return {"unknown": [], "lost": [], "stands_on": None, "untold": []}
    return {
        "unknown": [lost.revision for lost in found.lost],
        "lost": [lost_json(lost) for lost in found.lost],
        "stands_on": None if found.stands_on is None else list(found.stands_on),
        "untold": list(found.untold),
    }


def plan_json(
    surveyed: Sequence[Surveyed], display_path: Callable[[str], str], found: Sequence[PlanVerdicts | None]
) -> dict[str, Any]:
    """The documented keys, those of the first database; with several, `databases` holds the plan of each."""
    documents = [
        {
            "database": one.plan.database,
            "from": list(one.plan.start),
            "to": list(one.plan.target),
            "digest": one.plan.digest or None,
            "steps": [_step_json(step, display_path, verdicts) for step in one.plan.steps],
            **sizes_json(verdicts),
            "changed": changed_json(one.past.changed, display_path),
            **_no_route_json(one.past.no_route),
            **findings_json(one.findings, display_path),
        }
        for one, verdicts in zip(surveyed, found, strict=True)
    ]
    return {**documents[0], "databases": documents} if len(documents) > 1 else documents[0]


def _step_json(step: Step, display_path: Callable[[str], str], found: PlanVerdicts | None) -> dict[str, Any]:
    verdict = None if found is None else found.verdicts.get(step.revision)
    return {**step_json(step, display_path), "facts": verdict_json(verdict, display_path)}

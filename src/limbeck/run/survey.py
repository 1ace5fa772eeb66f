"""A plan for every database of a project, with what stands in its way; nothing runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from limbeck.environment.rendering import rendered_steps
from limbeck.environment.steps import migration_steps
from limbeck.model.plan import Plan
from limbeck.model.preflight import Findings, Past, Surveyed
from limbeck.plan import make_plan, with_statements

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep

    from limbeck.environment.alembic_environment import AlembicEnvironment
    from limbeck.environment.reached import Reached
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import DatabaseState, Direction
    from limbeck.plan.reviewed import Terms
    from limbeck.run.preflight.gate import Gate


Refuse = Callable[[Plan, "Reached"], None]


def survey(
    environment: AlembicEnvironment,
    graph: RevisionGraph,
    direction: Direction,
    target: str,
    gate: Gate | None,
    *,
    with_sql: bool = False,
    past: Callable[[Reached], Past] | None = None,
    look: Callable[[Reached, Plan], None] | None = None,
    terms: Terms | None = None,
    refuse: Refuse | None = None,
) -> list[Surveyed]:
    """Run `env.py`, and none of the steps.

    Args:
        gate: looks at the rows; None for the plan alone.
        with_sql: render the steps' SQL.
        past: tells of a database what in its past does not agree with the files; where it finds no route, there is no
            plan to make.
        look: is called with each plan while the database's connection is open.
        terms: what was agreed on; anything else is refused.
        refuse: is asked before the look, and raises for a plan that cannot be.
    """
    found: list[Surveyed] = []

    def work(reached: Reached) -> Iterator[RevisionStep]:
        if terms is not None:
            terms.hold_for(reached.state)
        behind = past(reached) if past is not None else Past()
        plan = _no_plan(reached.state) if behind.no_route else make_plan(graph, reached.state, direction, target)
        if terms is not None:
            terms.hold_with(reached.state, plan)
        findings = Findings()
        if refuse is not None:
            refuse(plan, reached)
        if plan.steps and (gate is not None or with_sql):
            revisions = [step.revision for step in plan.steps]
            steps = migration_steps(environment.script, direction, revisions, rows=reached.state.rows, target=target)
            if gate is not None:
                findings = gate.look(plan, reached, steps)
            if with_sql:
                plan = with_statements(plan, rendered_steps(reached, steps, direction, environment.masked))
        if look is not None:
            look(reached, plan)
        found.append(Surveyed(plan, reached.state, findings, behind))
        yield from ()

    environment.run(work, dont_mutate=True)
    if terms is not None:
        terms.hold_for_all(one.state.name for one in found)
    return found


def _no_plan(state: DatabaseState) -> Plan:
    return Plan(state.rows, (), (), "", state.name)

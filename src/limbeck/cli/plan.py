"""What would run, in order, with its SQL and the Python line each statement comes from.  Nothing runs.

env.py is run to ask where the database is; the revisions' functions are then called without a database to render
their SQL.
A revision that reads the database cannot be rendered that way, and the plan says so and why.
TARGET is anything that `upgrade` or, with --downgrade, `downgrade` takes (default: head)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.model.plan import Direction
from limbeck.report.plan import plan_json, plan_text

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session
    from limbeck.model.plan import Plan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target and the direction."""
    parser.add_argument("target", nargs="?", metavar="TARGET", help="up to which revision (default: head)")
    parser.add_argument("--downgrade", action="store_true", help="the way back to TARGET")
    parser.add_argument("--no-sql", action="store_true", help="the steps only")


def run(session: Session) -> int:
    """Print the plan of each database."""
    session.refuse_broken_chain()
    arguments = session.arguments
    direction = Direction.DOWNGRADE if arguments.downgrade else Direction.UPGRADE
    target = arguments.target or ("-1" if arguments.downgrade else "head")
    plans = _plans(session, direction, target, with_sql=not arguments.no_sql)
    if arguments.json:
        session.print_json(plan_json(plans, session.display_path))
    else:
        session.print(
            "\n\n".join(
                plan_text(session.graph, plan, session.display_path, with_sql=not arguments.no_sql) for plan in plans
            )
        )
    return 0


def _plans(session: Session, direction: Direction, target: str, *, with_sql: bool) -> list[Plan]:
    from limbeck.environment.rendering import rendered_steps
    from limbeck.environment.steps import migration_steps
    from limbeck.plan import make_plan, with_statements

    plans = []
    with session.environment() as environment, environment.reach() as databases:
        for reached in databases:
            plan = make_plan(session.graph, reached.state, direction, target)
            if with_sql:
                steps = migration_steps(
                    environment.script,
                    direction,
                    [step.revision for step in plan.steps],
                    rows=reached.state.rows,
                    target=target,
                )
                plan = with_statements(plan, rendered_steps(reached, steps, direction, environment.masked))
            plans.append(plan)
    return plans

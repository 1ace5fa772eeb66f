"""What would run, in order, with its SQL and the Python line each statement comes from.  Nothing runs.

env.py is run to ask where the database is; the revisions' functions are then called without a database to render
their SQL.
A revision that reads the database cannot be rendered that way, and the plan says so and why.
TARGET is anything that `upgrade` or, with --downgrade, `downgrade` takes (default: head)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.cli.standing import Memories
from limbeck.model.errors import ChainBroken
from limbeck.model.plan import Direction
from limbeck.report.past import known_lines, ways_on
from limbeck.report.plan import plan_json, plan_text

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session
    from limbeck.model.plan import Plan
    from limbeck.model.standing import ChangedFile, Standing


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
                plan_text(session.graph, plan, changed, session.display_path, with_sql=not arguments.no_sql)
                for plan, changed in plans
            )
        )
    return 0


def _plans(
    session: Session, direction: Direction, target: str, *, with_sql: bool
) -> list[tuple[Plan, tuple[ChangedFile, ...]]]:
    """The plan of each database, with what of its past does not agree with the files.

    Raises:
        ChainBroken: one holds a revision that no file has; the message tells what is known of it.
    """
    from limbeck.environment.rendering import rendered_steps
    from limbeck.environment.steps import migration_steps
    from limbeck.plan import make_plan, with_statements

    plans = []
    memories = Memories(session)
    with session.environment() as environment, environment.reach(each=memories.read) as databases:
        for number, reached in enumerate(databases):
            standing = memories.standing(number, reached.state)
            if standing.unknown:
                raise _unknown(standing)
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
            plans.append((plan, standing.changed))
    return plans


def _unknown(standing: Standing) -> ChainBroken:
    """There is no plan from a revision that no file has; what it is can be told all the same."""
    where = f"{standing.state.name} " if standing.state.name else ""
    lines = [f"the database {where}is at {', '.join(standing.unknown)}, and no file has that revision"]
    for lost in standing.lost:
        lines += [f"  {line}" for line in known_lines(lost)]
    ways = [way for lost in standing.lost for way in ways_on(lost)]
    return ChainBroken("\n".join(lines), hint="; or ".join(dict.fromkeys(ways)))

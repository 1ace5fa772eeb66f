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
    from limbeck.model.preflight import Surveyed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target and the direction."""
    parser.add_argument("target", nargs="?", metavar="TARGET", help="up to which revision (default: head)")
    parser.add_argument("--downgrade", action="store_true", help="the way back to TARGET")
    parser.add_argument("--no-sql", action="store_true", help="the steps only")
    parser.add_argument("--no-preflight", action="store_true", help="do not look at the rows")


def run(session: Session) -> int:
    """Print the plan of each database."""
    session.refuse_broken_chain()
    arguments = session.arguments
    direction = Direction.DOWNGRADE if arguments.downgrade else Direction.UPGRADE
    target = arguments.target or ("-1" if arguments.downgrade else "head")
    surveyed = _surveyed(session, direction, target, with_sql=not arguments.no_sql)
    if arguments.json:
        session.print_json(plan_json(surveyed, session.display_path))
    else:
        texts = (plan_text(session.graph, one, session.display_path, with_sql=not arguments.no_sql) for one in surveyed)
        session.print("\n\n".join(texts))
    return 0


def _surveyed(session: Session, direction: Direction, target: str, *, with_sql: bool) -> list[Surveyed]:
    from limbeck.run.preflight.gate import Gate
    from limbeck.run.survey import survey

    with session.environment() as environment:
        gate = Gate(environment, session.graph, session.preflight_seconds) if with_sql else None
        return survey(environment, session.graph, direction, target, gate, with_sql=with_sql)

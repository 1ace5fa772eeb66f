"""What would run, in order, with its SQL and the Python line each statement comes from.  Nothing runs.

env.py is run to ask where the database is; the revisions' functions are then called without a database to render
their SQL.
A revision that reads the database cannot be rendered that way, and the plan says so and why.
TARGET is anything that `upgrade` or, with --downgrade, `downgrade` takes (default: head).
Where the database is at a revision that no file has, no step can be told; what is known of it is."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from limbeck.cli.plan_facts import PlanFacts
from limbeck.cli.standing import Memories, no_route
from limbeck.model.errors import ChainBroken, UsageError
from limbeck.model.plan import Direction
from limbeck.model.preflight import Past
from limbeck.report.plan import plan_json, plan_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from limbeck.cli.session import Session
    from limbeck.environment.reached import Reached
    from limbeck.model.preflight import Surveyed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target and the direction."""
    parser.add_argument("target", nargs="?", metavar="TARGET", help="up to which revision (default: head)")
    parser.add_argument("--downgrade", action="store_true", help="the way back to TARGET")
    parser.add_argument("--no-sql", action="store_true", help="the steps only")
    parser.add_argument(
        "--facts", action="store_true", help="measure what each step locks, and who waits, on a throw-away PostgreSQL"
    )
    parser.add_argument("--scratch", metavar="WHERE", help="where to measure, as for lint")
    parser.add_argument("--no-preflight", action="store_true", help="do not look at the rows")
    parser.add_argument("--out", metavar="FILE", help="also write the plan to FILE, for --plan of upgrade or downgrade")


def run(session: Session) -> int:
    """Print the plan of each database."""
    session.refuse_broken_chain()
    arguments = session.arguments
    direction = Direction.DOWNGRADE if arguments.downgrade else Direction.UPGRADE
    target = arguments.target or ("-1" if arguments.downgrade else "head")
    if arguments.facts and direction is Direction.DOWNGRADE:
        raise UsageError("facts are those of upgrades", hint="limbeck plan --downgrade tells what goes")
    facts = PlanFacts(session)
    if arguments.facts:
        facts.measure(target)
    surveyed = _surveyed(session, direction, target, facts, with_sql=not arguments.no_sql)
    if arguments.out is not None:
        _refuse_to_write(surveyed)
    if arguments.json:
        session.print_json(plan_json(surveyed, session.display_path, facts.found))
    else:
        with_sql, both = not arguments.no_sql, zip(surveyed, facts.found, strict=True)
        texts = (plan_text(session.graph, one, session.display_path, found, with_sql=with_sql) for one, found in both)
        session.print("\n\n".join(texts))
    if arguments.out is not None:
        from limbeck.cli.plan_file import write_plan_file

        write_plan_file(session, arguments.out, direction, target, surveyed)
    return 0


def _surveyed(
    session: Session, direction: Direction, target: str, facts: PlanFacts, *, with_sql: bool
) -> list[Surveyed]:
    """The plan of each database, with what of its past does not agree with the files."""
    from limbeck.cli.alembic_import import import_alembic

    import_alembic(own_process=session.own_process)
    from limbeck.run.preflight.gate import Gate
    from limbeck.run.survey import survey

    memories, numbers = Memories(session), count()

    def past(reached: Reached) -> Past:
        memories.read(reached)
        number = next(numbers)
        standing = memories.standing(number, reached.state)
        if not standing.unknown:
            return Past(standing.changed)
        return Past(standing.changed, no_route(session.graph, standing, memories.lineage(number), direction, target))

    with session.environment() as environment:
        gate = Gate(environment, session.graph, session.preflight_seconds) if with_sql else None
        return survey(
            environment, session.graph, direction, target, gate, with_sql=with_sql, past=past, look=facts.look
        )


def _refuse_to_write(surveyed: Sequence[Surveyed]) -> None:
    """A file for `--plan` wants a plan of every database.

    Raises:
        ChainBroken: one is at a revision that no file has.
    """
    for one in surveyed:
        if one.past.no_route is not None:
            unknown = ", ".join(lost.revision for lost in one.past.no_route.lost)
            where = f"{one.state.name} " if one.state.name else ""
            raise ChainBroken(
                f"there is no plan to write: the database {where}is at {unknown}, and no file has that revision",
                hint="limbeck plan tells what is known of it",
            )

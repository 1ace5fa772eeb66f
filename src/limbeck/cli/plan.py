"""What would run, in order, with its SQL and the Python line each statement comes from.  Nothing runs.

env.py is run to ask where the database is; the revisions' functions are then called without a database to render
their SQL.
A revision that reads the database cannot be rendered that way, and the plan says so and why.
TARGET is anything that `upgrade` or, with --downgrade, `downgrade` takes (default: head)."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from limbeck.cli.plan_facts import PlanFacts
from limbeck.cli.standing import Memories
from limbeck.model.errors import ChainBroken, UsageError
from limbeck.model.plan import Direction
from limbeck.report.past import known_lines, ways_on
from limbeck.report.plan import plan_json, plan_text

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session
    from limbeck.environment.reached import Reached
    from limbeck.model.preflight import Surveyed
    from limbeck.model.standing import ChangedFile, Standing


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
    """The plan of each database, with what of its past does not agree with the files.

    Raises:
        ChainBroken: one holds a revision that no file has; the message tells what is known of it.
    """
    from limbeck.cli.alembic_import import import_alembic

    import_alembic(session)
    from limbeck.run.preflight.gate import Gate
    from limbeck.run.survey import survey

    memories, numbers = Memories(session), count()

    def past(reached: Reached) -> tuple[ChangedFile, ...]:
        memories.read(reached)
        standing = memories.standing(next(numbers), reached.state)
        if standing.unknown:
            raise _unknown(standing)
        return standing.changed

    with session.environment() as environment:
        gate = Gate(environment, session.graph, session.preflight_seconds) if with_sql else None
        return survey(
            environment, session.graph, direction, target, gate, with_sql=with_sql, past=past, look=facts.look
        )


def _unknown(standing: Standing) -> ChainBroken:
    """There is no plan from a revision that no file has; what it is can be told all the same."""
    where = f"{standing.state.name} " if standing.state.name else ""
    lines = [f"the database {where}is at {', '.join(standing.unknown)}, and no file has that revision"]
    for lost in standing.lost:
        lines += [f"  {line}" for line in known_lines(lost)]
    ways = [way for lost in standing.lost for way in ways_on(lost)]
    return ChainBroken("\n".join(lines), hint="; or ".join(dict.fromkeys(ways)))

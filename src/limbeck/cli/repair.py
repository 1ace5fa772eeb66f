"""Set the version table to the revision that the schema is at, as `limbeck match` finds it.

The match is shown first, and a yes asked for, or given as --yes.  Without a revision that matches exactly, or with
several of the same schema, nothing is done unless --to names one; what differs from it is shown.  It happens under the
run lock, is written to the journal, and is read back; nothing is done when database or version table have changed since
they were looked at."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from limbeck.cli.running import add_wait_arguments, run_options
from limbeck.cli.scratch_choice import add_scratch
from limbeck.model.errors import TargetMoved, UsageError
from limbeck.report.match import differing_text, match_json, match_text, rows_text

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.comparing import Live
    from limbeck.cli.matching import Matching
    from limbeck.cli.session import Session
    from limbeck.verify.schema.matching import Candidate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and whether somebody is asked."""
    parser.add_argument(
        "--to", metavar="REV", action="append", help="set it to this revision, whatever differs; several for branches"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_scratch(parser)
    add_wait_arguments(parser)


def run(session: Session) -> int:
    """Show the match, ask, and set the version table."""
    session.refuse_broken_chain()
    from limbeck.cli.comparing import live_databases
    from limbeck.cli.matching import Matching

    (live,) = _only_one(live_databases(session))
    matching = Matching(session, live)
    session.note(match_text(session.graph, live.state, matching.match))
    goal = _goal(session, live, matching)
    if goal.drift.differences and goal.rows != matching.match.candidates[0].rows:
        session.note(differing_text(goal))
    changed = goal.rows != live.state.rows
    if changed:
        _want(session, live, goal)
        _set(session, live, goal)
    if session.arguments.json:
        session.print_json(
            {"from": list(live.state.rows), "current": list(goal.rows), "repaired": changed}
            | match_json(session.graph, [(live.state, matching.match)])
        )
    elif changed:
        session.print(f"database repaired: {rows_text(goal.rows)} (was {rows_text(live.state.rows)})")
    else:
        session.print(f"nothing to repair: the version table says {rows_text(goal.rows)} already")
    return 0


def _only_one(databases: tuple[Live, ...]) -> tuple[Live, ...]:
    if len(databases) > 1:
        raise UsageError(
            f"env.py migrates {len(databases)} databases, and one is repaired at a time", hint="name it with --url"
        )
    return databases


def _goal(session: Session, live: Live, matching: Matching) -> Candidate:
    """What the version table is to be set to.

    Raises:
        UsageError: that is not for limbeck to decide.
    """
    if session.arguments.to:
        from limbeck.graph import resolve

        named = [row for target in session.arguments.to for row in resolve(session.graph, target)]
        return matching.at(matching.rows_of(named))
    exact = matching.match.exact
    own = next((each for each in exact if each.rows == live.state.rows), None)
    if own is not None:
        return own
    if len(exact) == 1:
        return exact[0]
    first = matching.match.candidates[0]
    if not exact:
        raise UsageError(
            f"no revision matches the schema exactly, the nearest is {rows_text(first.rows)}; nothing was done",
            hint=f"close what differs, or say {_again(first)}",
        )
    names = " and ".join(rows_text(each.rows) for each in exact)
    raise UsageError(
        f"{names} have the same schema, and only you can know whether what they do to rows has been done; "
        "nothing was done",
        hint=_again(first),
    )


def _again(goal: Candidate) -> str:
    return "limbeck repair " + " ".join(f"--to {shlex.quote(row)}" for row in goal.rows or ("base",))


def _want(session: Session, live: Live, goal: Candidate) -> None:
    """Go on when somebody wants it.

    Raises:
        UsageError: there was no yes.
    """
    if session.arguments.yes:
        return
    from limbeck.cli.confirmation import can_ask, says_yes
    from limbeck.cli.session import write_line

    again = f"{_again(goal)} --yes" if session.arguments.to else "limbeck repair --yes"
    words = f"the version table of {live.state.address} is to be set to {rows_text(goal.rows)}"
    if not can_ask():
        raise UsageError(
            f"{words}, which wants a yes, and there is no terminal to ask on; nothing was done", hint=again
        )
    write_line(sys.stderr, words)
    if not says_yes():
        raise UsageError("that was no yes; nothing was done", hint=again)


def _set(session: Session, live: Live, goal: Candidate) -> None:
    """Set the version table, unless something has changed since it was looked at.

    Raises:
        TargetMoved: it has.
    """
    from limbeck.environment.read_back import rows_seen_by
    from limbeck.run.stamp import stamp
    from limbeck.verify.schema.live import catalogue_on
    from limbeck.verify.schema.spelling import schema_digest

    if TYPE_CHECKING:
        from alembic.runtime.migration import MigrationContext

        from limbeck.environment.second_connection import SecondConnection

    seen = schema_digest(live.catalogue)

    def check(context: MigrationContext, second: SecondConnection) -> None:
        rows = rows_seen_by(second, context)
        if rows != live.state.rows:
            raise TargetMoved(f"the version table says {rows_text(rows)} now; nothing was done", hint="limbeck match")
        without = (live.state.version_table, session.project.settings.journal)
        if schema_digest(catalogue_on(second, without)) != seen:
            raise TargetMoved("the schema has changed since it was looked at; nothing was done", hint="limbeck match")

    targets = goal.rows or ("base",)
    with session.environment() as environment:
        stamp(environment, session.graph, targets, run_options(session), session.note, purge=True, check=check)

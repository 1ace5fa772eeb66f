"""The chain in its order of execution, oldest first, and where the database stands in it.

The order is Alembic's own, from `revision` and `down_revision`; file names do not count.  Reading the files runs none
of them.  The database is asked when limbeck knows its address (--url, --embedded, the `url` setting, LIMBECK_URL); with
-i it is asked through the project's env.py.
"""

from __future__ import annotations

from limbeck.cli.session import names_current
from limbeck.model.errors import TargetUnavailable
from limbeck.report.history import history_json, history_lines
from limbeck.report.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from limbeck.cli.session import Session
    from limbeck.graph import RevisionGraph
    from limbeck.model.lost import LostRevision
    from limbeck.model.plan import DatabaseState


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The range, the direction, and whether to ask the database."""
    parser.add_argument("range", nargs="?", metavar="RANGE", help="START:END, START: or :END; as alembic's -r")
    parser.add_argument(
        "-r", "--rev-range", dest="range_option", metavar="RANGE", help="the same, as Alembic spells it"
    )
    parser.add_argument("-i", "--indicate-current", action="store_true", help="ask the database through env.py")
    parser.add_argument("--reverse", action="store_true", help="newest first")


def run(session: Session) -> int:
    """Print the history; exit 3 when the chain is broken."""
    graph, arguments = session.graph, session.arguments
    wanted = arguments.range or arguments.range_option
    asked = arguments.indicate_current or names_current(wanted)
    unreachable = None
    states: tuple[DatabaseState, ...] | None = None
    if asked or session.knows_address:
        try:
            states = session.database_states()
        except TargetUnavailable as error:
            if asked:
                raise
            unreachable = error
    current = None if states is None else tuple(sorted({row for state in states for row in state.rows}))
    order = graph.order if wanted is None else _range(graph, wanted, current or ())
    known = tuple(row for row in current or () if row in graph.revisions)
    following = _following(graph, states)
    lost = _lost(session, states)
    if arguments.json:
        document = history_json(graph, order, session.display_path)
        session.print_json(
            {
                **document,
                "current": None if current is None else list(current),
                "next": None if following is None else list(following),
                "lost": _lost_json(lost),
            }
        )
    else:
        lines = history_lines(
            graph, order, current=known, following=following or (), reverse=arguments.reverse, boxes=session.boxes
        )
        if order:
            session.print("\n".join(lines))  # in one piece: a chain may have thousands
        else:
            session.note("no revisions yet: alembic revision -m MESSAGE makes the first")
        if current is not None:
            session.print(_standing(session, current, following))
            if lost:
                session.print("\n".join(_lost_lines(lost)))
        elif unreachable is not None:
            session.note(f"where the database is, is not shown: {unreachable.message}")
    return session.chain_status(warnings=True)


def _range(graph: RevisionGraph, wanted: str, current: tuple[str, ...]) -> tuple[str, ...]:
    from limbeck.graph import history_range

    return history_range(graph, wanted, current)


def _following(graph: RevisionGraph, states: tuple[DatabaseState, ...] | None) -> tuple[str, ...] | None:
    """The revision that an upgrade would run next, of each database.

    None when none was asked, or one is where no file is.
    """
    if states is None or any(row not in graph.revisions for state in states for row in state.rows):
        return None
    from limbeck.graph import pending

    return tuple(dict.fromkeys(step for state in states for step in pending(graph, state.rows, "heads")[:1]))


def _lost(session: Session, states: tuple[DatabaseState, ...] | None) -> tuple[LostRevision, ...]:
    """What is known of the rows that no file has."""
    if states is None or all(row in session.graph.revisions for state in states for row in state.rows):
        return ()
    from limbeck.cli.standing import lost_revisions

    return lost_revisions(session)


def _lost_lines(lost: tuple[LostRevision, ...]) -> list[str]:
    from limbeck.report.past import lost_lines

    return [line for each in lost for line in (printable(each.revision), *(f"  {line}" for line in lost_lines(each)))]


def _lost_json(lost: tuple[LostRevision, ...]) -> list[dict[str, Any]]:
    if not lost:
        return []
    from limbeck.report.past import lost_json

    return [lost_json(each) for each in lost]


def _standing(session: Session, current: tuple[str, ...], following: tuple[str, ...] | None) -> str:
    known = session.graph.revisions
    at = ", ".join(row if row in known else f"{row} (no file has it)" for row in current) or "base"
    to_come = "unknown" if following is None else ", ".join(following) or "nothing, it is up to date"
    return f"database: at {at}; next: {to_come}"

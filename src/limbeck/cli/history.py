"""The chain in its order of execution, oldest first, and where the database stands in it.

The order is Alembic's own, from `revision` and `down_revision`; file names do not count.  Reading the files runs
none of
them.  The database is asked when limbeck knows its address (--url, --embedded, the `url` setting, LIMBECK_URL);
with -i it is
asked through the project's env.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.graph import history_range, pending
from limbeck.model.errors import TargetUnavailable
from limbeck.report.history import history_json, history_lines

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session
    from limbeck.graph import RevisionGraph


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
    asked = arguments.indicate_current or "current" in (wanted or "")
    unreachable = None
    current: tuple[str, ...] | None = None
    if asked or session.address is not None:
        try:
            current = session.database_rows()
        except TargetUnavailable as error:
            if asked:
                raise
            unreachable = error
    order = graph.order if wanted is None else history_range(graph, wanted, current or ())
    known = tuple(row for row in current or () if row in graph.revisions)
    following = _following(graph, current)
    if arguments.json:
        document = history_json(graph, order, session.display_path)
        session.print_json(
            {
                **document,
                "current": None if current is None else list(current),
                "next": None if following is None else list(following),
            }
        )
    else:
        for line in history_lines(
            graph, order, current=known, following=following or (), reverse=arguments.reverse, boxes=session.boxes
        ):
            session.print(line)
        if not order:
            session.note("no revisions yet: alembic revision -m MESSAGE makes the first")
        if current is not None:
            session.print(_standing(session, current, following))
        elif unreachable is not None:
            session.note(f"where the database is, is not shown: {unreachable.message}")
    return session.chain_status(warnings=True)


def _following(graph: RevisionGraph, current: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The revision that an upgrade would run next; None when the database was not asked, or is where no file is."""
    if current is None or any(row not in graph.revisions for row in current):
        return None
    return pending(graph, current, "heads")[:1]


def _standing(session: Session, current: tuple[str, ...], following: tuple[str, ...] | None) -> str:
    known = session.graph.revisions
    at = ", ".join(row if row in known else f"{row} (no file has it)" for row in current) or "base"
    to_come = "unknown" if following is None else ", ".join(following) or "nothing, it is up to date"
    return f"database: at {at}; next: {to_come}"

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
    following = pending(graph, known, "heads")[:1] if current is not None else ()
    if arguments.json:
        document = history_json(graph, order, session.display_path)
        session.print_json({**document, "current": None if current is None else list(current), "next": list(following)})
    else:
        for line in history_lines(
            graph, order, current=known, following=following, reverse=arguments.reverse, boxes=session.boxes
        ):
            session.print(line)
        if current is not None:
            session.print(_standing(session, current, following))
        elif unreachable is not None:
            session.note(f"where the database is, is not shown: {unreachable.message}")
    return session.chain_status()


def _standing(session: Session, current: tuple[str, ...], following: tuple[str, ...]) -> str:
    graph = session.graph
    unknown = [row for row in current if row not in graph.revisions]
    at = ", ".join(f"{row} (no file has it)" if row in unknown else row for row in current) or "base"
    return f"database: at {at}; next: {', '.join(following) or ('unknown' if unknown else 'nothing, it is up to date')}"

"""Where the database stands, what is next, and how many revisions are pending.

The version table is asked through the project's env.py, and nothing is written.  A revision that no file has is
said."""

from __future__ import annotations

from limbeck.graph import pending
from limbeck.report.state import state_json, state_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import DatabaseState


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether being behind is a failure."""
    parser.add_argument("--check-heads", action="store_true", help="exit 1 unless the database is at every head")


def run(session: Session) -> int:
    """Print the state of each database; with --check-heads exit 1 when one is not at every head."""
    graph = session.graph
    states = session.database_states()
    standings = [(state, *standing(graph, state)) for state in states]
    if session.arguments.json:
        session.print_json(state_json(standings))
    else:
        for state, unknown, waiting in standings:
            session.print(state_text(graph, state, unknown, waiting))
    behind = any(unknown or waiting for _, unknown, waiting in standings)
    return session.chain_status() or int(session.arguments.check_heads and behind)


def standing(graph: RevisionGraph, state: DatabaseState) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rows that no file has; and, when there are none, the revisions that are pending, in their order."""
    unknown = tuple(row for row in state.rows if row not in graph.revisions)
    return unknown, () if unknown else pending(graph, state.rows, "heads")

"""Where the database stands, what is next, and how many revisions are pending.

The version table is asked through the project's env.py, and nothing is written.  A revision that no file has is
said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.graph import pending
from limbeck.report.state import state_json, state_text

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import DatabaseState


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether being behind is a failure."""
    parser.add_argument("--check-heads", action="store_true", help="exit 1 unless the database is at every head")


def run(session: Session) -> int:
    """Print the state of each database; exit 3 when one is at a revision that no file has."""
    graph = session.graph
    states = session.database_states()
    standings = [(state, *standing(graph, state)) for state in states]
    if session.arguments.json:
        session.print_json(state_json(standings))
    else:
        for state, unknown, waiting in standings:
            session.print(state_text(graph, state, unknown, waiting))
    broken = session.chain_status()
    if broken or any(unknown for _, unknown, _ in standings):
        return 3
    return 1 if session.arguments.check_heads and any(waiting for _, _, waiting in standings) else 0


def standing(graph: RevisionGraph, state: DatabaseState) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rows that no file has, and the revisions pending for the others, in their order."""
    unknown = tuple(row for row in state.rows if row not in graph.revisions)
    known = tuple(row for row in state.rows if row in graph.revisions)
    return unknown, () if unknown and not known else pending(graph, known, "heads")

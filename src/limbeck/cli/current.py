"""Where the database stands, what is next, and how many revisions are pending.

The version table is asked through the project's env.py, and nothing is written.  A revision that no file has is
told as far as the journal and git know it, and so is an applied one whose file was edited or deleted since it ran."""

from __future__ import annotations

from limbeck.cli.standing import standings
from limbeck.report.state import state_json, state_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether being behind is a failure."""
    parser.add_argument("--check-heads", action="store_true", help="exit 1 unless the database is at every head")


def run(session: Session) -> int:
    """Print the state of each database; with --check-heads exit 1 when one is not at every head."""
    found = standings(session)
    if session.arguments.json:
        session.print_json(state_json(found, session.display_path))
    else:
        for standing in found:
            session.print(state_text(session.graph, standing, session.display_path))
    behind = any(standing.unknown or standing.pending for standing in found)
    return session.chain_status() or int(session.arguments.check_heads and behind)

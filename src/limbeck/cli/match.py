"""Which revision the schema of a database really is at, whatever its version table says.

For a database that create_all or somebody made, whose version table is behind its schema or ahead of it, or names a
revision that no file has.  The chain is run on a throw-away server, and the schema after each of its revisions compared
with the database's, which is only read.  The nearest come first, with what differs from the first of them.

Exit 1 unless the schema is exactly that of the revision in the version table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.cli.scratch_choice import add_scratch
from limbeck.report.match import match_json, match_text

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the chain is run."""
    add_scratch(parser)


def run(session: Session) -> int:
    """Compare each database with every state of the chain, and tell the nearest."""
    session.refuse_broken_chain()
    from limbeck.cli.comparing import live_databases
    from limbeck.cli.matching import Matching

    found = [(live.state, Matching(session, live).match) for live in live_databases(session)]
    if session.arguments.json:
        session.print_json(match_json(session.graph, found))
    else:
        session.print("\n\n".join(match_text(session.graph, state, match) for state, match in found))
    return int(not all(any(each.rows == state.rows for each in match.exact) for state, match in found))

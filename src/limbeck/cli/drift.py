"""Whether a database is what its chain says: every difference, and what would close it.

The chain is run on a throw-away PostgreSQL (limbeck's own, of the database's major version where one is installed, or
the one that --scratch names; on a file of its own for SQLite), up to where the database's version table is, and both
schemas are compared whole.  What was run once is kept.  The database is only read, in one read-only transaction.

With --models the chain at its head is compared with what the models of env.py, its target_metadata, make; no database
but scratch is asked.

The setting ignore_drift lists differences that are known, each with a reason.  Exit 1 when there are others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.cli.scratch_choice import add_scratch
from limbeck.report.drift import drift_json, drift_text, models_json, models_text

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.comparing import Live
    from limbeck.cli.session import Session
    from limbeck.verify.schema.drift import Drift


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is compared, and where the chain is run."""
    parser.add_argument("--models", action="store_true", help="compare the models of env.py with the chain's head")
    add_scratch(parser)


def run(session: Session) -> int:
    """Compare each database with the chain, and tell what differs."""
    session.refuse_broken_chain()
    if session.arguments.models:
        return _compare_models(session)
    from limbeck.cli.comparing import live_databases

    found = [(live.state, _drift(session, live)) for live in live_databases(session)]
    if session.arguments.json:
        session.print_json(drift_json(found))
    else:
        session.print("\n\n".join(drift_text(state, drift) for state, drift in found))
    return int(any(drift.differences for _, drift in found))


def _compare_models(session: Session) -> int:
    from limbeck.cli.comparing import Chain
    from limbeck.cli.scratch_choice import by_dialect

    rows = tuple(sorted(session.graph.real_heads))
    drift = by_dialect(session, lambda dialect: Chain(session, dialect=dialect).beside_models(rows))
    if session.arguments.json:
        session.print_json(models_json(rows, drift))
    else:
        session.print(models_text(rows, drift))
    return int(bool(drift.differences))


def _drift(session: Session, live: Live) -> Drift:
    from limbeck.cli.comparing import Chain, refuse_unknown
    from limbeck.verify.schema.drift import drift_of, within
    from limbeck.verify.schema.ignored import ignore_rules
    from limbeck.verify.schema.states import refuse_incomplete

    rules = ignore_rules(session.project.settings.ignore_drift)
    refuse_unknown(session, live.state)
    chain = Chain(session, live)
    chain.know(live.state.rows)
    states = chain.states
    state, base = (
        refuse_incomplete(states.state(node), states.failed, node.rows)
        for node in (states.tree.at(live.state.rows), states.tree.root)
    )
    catalogue, remarks = within(live.catalogue, live.path, (state, base))
    return drift_of(catalogue, state, base, rules, remarks)

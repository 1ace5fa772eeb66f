"""The revisions that nothing follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(session: Session) -> int:
    """Print the heads; exit 3 when the chain is broken."""
    graph = session.graph
    if session.arguments.json:
        session.print_json({"heads": list(graph.heads)})
    else:
        for head in graph.heads:
            labels = "".join(f" ({label})" for label in graph.revisions[head].labels)
            session.print(f"{head}{labels}")
    return session.chain_status()

"""The revisions that nothing follows."""

from __future__ import annotations

from limbeck.report.safe_text import printable

TYPE_CHECKING = False
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
            labels = ", ".join(graph.labels(head))
            session.print(printable(f"{head} ({labels})" if labels else head))
    return session.chain_status()

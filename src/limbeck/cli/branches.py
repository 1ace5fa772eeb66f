"""Where the chain divides, and where it comes together again."""

from __future__ import annotations

from limbeck.report.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(session: Session) -> int:
    """Print branch points with their children and merge points with their parents; exit 3 when the chain is broken."""
    graph = session.graph
    if session.arguments.json:
        session.print_json(
            {
                "branch_points": [
                    {"id": point, "children": list(graph.children(point))} for point in graph.branch_points
                ],
                "merge_points": [
                    {"id": point, "parents": list(graph.revisions[point].parents)} for point in graph.merge_points
                ],
                "bases": list(graph.bases),
                "heads": list(graph.heads),
            }
        )
        return session.chain_status()
    if not graph.branch_points and not graph.merge_points:
        session.print(f"no branches: {len(graph.revisions)} revisions in one line" if len(graph.bases) < 2 else "")
    for point in graph.branch_points:
        session.print(f"{_words(session, point)} divides into")
        for child in graph.children(point):
            session.print(f"    {_words(session, child)}")
    for point in graph.merge_points:
        session.print(f"{_words(session, point)} joins")
        for parent in graph.revisions[point].parents:
            session.print(f"    {_words(session, parent)}")
    if len(graph.bases) > 1:
        session.print(f"{len(graph.bases)} bases: {', '.join(graph.bases)}")
    return session.chain_status()


def _words(session: Session, revision: str) -> str:
    found = session.graph.revisions[revision]
    label = f" ({', '.join(found.labels)})" if found.labels else ""
    return printable(f"{revision}{label}  {found.message.partition(chr(10))[0]}")

"""One revision: its file, parents, children, position and text; with --sql the SQL of both ways.

REV is anything that alembic show takes: an identifier or the beginning of one, head, heads, base, label@head, current.
Without --sql nothing of the project runs; with it the revision file and env.py do, without a database."""

from __future__ import annotations

from limbeck.cli.session import names_current
from limbeck.graph import resolve
from limbeck.report.show import show_json, show_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session
    from limbeck.model.plan import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which revision, and whether with its SQL."""
    parser.add_argument("revision", metavar="REV", nargs="?", default="head", help="which revision (default: head)")
    parser.add_argument("--sql", action="store_true", help="render the SQL of upgrade() and downgrade()")
    parser.add_argument("--dialect", metavar="NAME", help="dialect to render for, when env.py knows of no database")


def run(session: Session) -> int:
    """Print the revisions that REV names."""
    graph, arguments = session.graph, session.arguments
    current = session.database_rows() if names_current(arguments.revision) else ()
    revisions = resolve(graph, arguments.revision, current)
    rendered: dict[str, tuple[Step, Step]] = {}
    if arguments.sql:
        rendered = _rendered(session, revisions)
    if arguments.json:
        session.print_json(
            {
                "revisions": [
                    show_json(graph, revision, session.display_path, rendered.get(revision)) for revision in revisions
                ]
            }
        )
    else:
        session.print(
            "\n\n".join(
                show_text(graph, revision, session.display_path, rendered.get(revision)) for revision in revisions
            )
            if revisions
            else "base: there is no revision below the first"
        )
    return session.chain_status()


def _rendered(session: Session, revisions: tuple[str, ...]) -> dict[str, tuple[Step, Step]]:
    from limbeck.cli.rendering import offline_databases
    from limbeck.environment.rendering import rendered_steps
    from limbeck.environment.steps import steps_of
    from limbeck.model.plan import Direction

    found = {}
    with offline_databases(session, session.arguments.dialect) as (environment, databases):
        for revision in revisions:
            up, down = (
                rendered_steps(
                    databases[0], steps_of(environment.script, direction, [revision]), direction, environment.masked
                )[0]
                for direction in (Direction.UPGRADE, Direction.DOWNGRADE)
            )
            found[revision] = (up, down)
    return found

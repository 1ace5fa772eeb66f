"""Set the version table to REV without running anything, as alembic stamp does.

Several revisions may be given.  --purge empties the table first, which is the way out when it holds a revision
that no file has.
With --sql the statements are printed instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.cli.running import add_wait_arguments, print_sql, run_options

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The revisions."""
    parser.add_argument("revisions", nargs="+", metavar="REV", help="head, heads, base, an identifier")
    parser.add_argument("--purge", action="store_true", help="delete every row of the version table first")
    parser.add_argument("--sql", action="store_true", help="print the SQL, without a database")
    parser.add_argument("--dialect", metavar="NAME", help="with --sql: dialect, when env.py knows of no database")
    parser.add_argument("--tag", metavar="TEXT", help="handed to env.py, as alembic's --tag")
    add_wait_arguments(parser)


def run(session: Session) -> int:
    """Stamp, and say from where to where."""
    from limbeck.cli.alembic_import import import_alembic

    import_alembic(own_process=session.own_process)
    from limbeck.run.stamp import stamp, stamp_sql

    session.refuse_broken_chain()
    arguments = session.arguments
    if arguments.sql:
        address = f"{arguments.dialect}://" if arguments.dialect else session.named_address
        text = stamp_sql(session.project, session.graph, arguments.revisions, address=address, tag=arguments.tag)
        print_sql(session, text)
        return 0
    with session.environment(tag=arguments.tag) as environment:
        changes = stamp(
            environment, session.graph, arguments.revisions, run_options(session), session.note, purge=arguments.purge
        )
    if arguments.json:
        session.print_json(
            {
                "databases": [
                    {"name": before.name, "from": list(before.rows), "current": list(after.rows)}
                    for before, after in changes
                ],
                "from": sorted({row for before, _ in changes for row in before.rows}),
                "current": sorted({row for _, after in changes for row in after.rows}),
            }
        )
    for before, after in changes:
        if not arguments.json:
            name = f" {before.name}" if before.name else ""
            at, now = ", ".join(before.rows) or "base", ", ".join(after.rows) or "base"
            session.print(
                f"database{name} stamped {now} (was {at})" if at != now else f"database{name} is at {now} already"
            )
    return 0

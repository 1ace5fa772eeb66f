"""Run the revisions back to TARGET, through the project's own env.py.

TARGET is anything that Alembic takes: base, -1, an identifier or the beginning of one, label@base.
It says what it destroys, and wants a yes on a terminal, or --yes, when rows go, and always when it goes back to
base.  A revision that declares `# limbeck: irreversible[table: condition] reason` is refused, before the first
step, while rows are in its way.  With --plan exactly the plan of FILE runs, or nothing when database or files have
moved since.  With --sql nothing runs: the SQL of START:TARGET is printed.

With --from-journal the database may be at revisions that no file has: they are stepped back with the files that ran,
which are in the journal.  What would run is shown first, and wants a yes."""

from __future__ import annotations

from limbeck.cli.running import add_run_arguments, run_steps, write_sql
from limbeck.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target, and how to run."""
    parser.add_argument("target", nargs="?", metavar="TARGET", help="back to which revision: base, -1, an identifier")
    parser.add_argument("--yes", action="store_true", help="do not ask before what is there is destroyed")
    add_run_arguments(parser)
    parser.add_argument(
        "--from-journal", action="store_true", help="step back with the files in the journal where there are none here"
    )


def run(session: Session) -> int:
    """Downgrade; exit 5 when a step fails."""
    from limbeck.cli.plan_file import run_reviewed
    from limbeck.model.plan import Direction

    if session.arguments.plan is not None:
        return run_reviewed(session, Direction.DOWNGRADE)
    if session.arguments.target is None:
        raise UsageError("the following arguments are required: TARGET", hint="limbeck downgrade --help")
    if session.arguments.sql:
        if session.arguments.from_journal:
            raise UsageError("--sql asks no database, so it has no journal", hint="leave out --sql or --from-journal")
        return write_sql(session, Direction.DOWNGRADE, session.arguments.target)
    if session.arguments.from_journal:
        from limbeck.cli.recovery import recovered_files

        with recovered_files(session):
            return run_steps(session, Direction.DOWNGRADE, session.arguments.target)
    return run_steps(session, Direction.DOWNGRADE, session.arguments.target)

"""Run the revisions up to TARGET, through the project's own env.py.

Each revision runs in a transaction of its own, unless env.py or --transaction says otherwise.
TARGET is anything that Alembic takes (default: head): head, heads, an identifier or the beginning of one, +2,
label@head.
A step that does not get a lock within lock_timeout is rolled back and tried again, for lock_wait at most; both are
settings, and `# limbeck: lock_timeout=5s` in a revision file is one for its step.
With --plan exactly the plan of FILE runs, which `limbeck plan --out FILE` wrote, or nothing when database or files
have moved since.  With --sql nothing runs: the SQL is printed, from base or from START in START:TARGET."""

from __future__ import annotations

from limbeck.cli.running import add_run_arguments, run_steps, write_sql

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target, and how to run."""
    parser.add_argument("target", nargs="?", metavar="TARGET", help="up to which revision (default: head)")
    add_run_arguments(parser)


def run(session: Session) -> int:
    """Upgrade; exit 5 when a step fails."""
    from limbeck.cli.plan_file import run_reviewed
    from limbeck.model.plan import Direction

    if session.arguments.plan is not None:
        return run_reviewed(session, Direction.UPGRADE)
    target = session.arguments.target if session.arguments.target is not None else "head"
    if session.arguments.sql:
        return write_sql(session, Direction.UPGRADE, target)
    return run_steps(session, Direction.UPGRADE, target)

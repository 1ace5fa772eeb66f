"""A gateway's chain of fifteen revisions on a real PostgreSQL that comes with limbeck.

Starts a private server, brings a database to the revision before the last, and shows what a day with limbeck is
like: where the
database is, what comes next, the plan, the upgrade, the chain as it then stands.  The server and its data are gone
afterwards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session

_BEFORE_LAST = "fix_enum_name_2025"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def gateway_folder() -> Path:
    """The gateway's folder: carried by the wheel, or that of the repository in an editable installation.

    Raises:
        UsageError: neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_gateway", package.parent.parent / "systems" / "gateway"):
        if (folder / "alembic.ini").is_file():
            return folder
    raise UsageError(
        "the gateway's files are missing from this installation", hint="pip install --force-reinstall limbeck"
    )


def run(session: Session) -> int:
    """Run the story; the exit status is that of the first command that fails."""
    from limbeck.scratch import start_server

    options = session.arguments
    if options.config or options.url or options.embedded or options.json or options.x or options.name != "alembic":
        raise UsageError("demo takes no options: it brings its own project and database", hint="limbeck demo")
    ini = str(gateway_folder() / "alembic.ini")
    with start_server() as server:
        server.create_database("gateway")
        version = ".".join(map(str, server.version))
        session.print(f"PostgreSQL {version} is up, for this demonstration only ({server.binaries.source}).")
        project = ["-c", ini, "--url", server.url("gateway", driver="psycopg")]
        for title, words in (
            (f"A new database, brought to {_BEFORE_LAST}:", ["upgrade", _BEFORE_LAST]),
            ("Where is it, and what comes next?", ["current"]),
            ("What would run?", ["plan"]),
            ("Run it:", ["upgrade"]),
            ("The chain as it now stands:", ["history"]),
        ):
            status = _command(session, project, title, words)
            if status:
                return status
    session.print("\nThe server and its data are gone.  In a project of yours, type: limbeck history")
    return 0


def _command(session: Session, project: list[str], title: str, words: list[str]) -> int:
    from limbeck.cli.dispatch import dispatch

    session.print(f"\n{title}\n$ limbeck {' '.join(words)}")
    sys.stdout.flush()
    status = dispatch([*project, *(["--quiet"] if session.arguments.quiet else []), *words], session.clock)
    sys.stdout.flush()
    return status

"""A yes that somebody has to type before something that is never done unasked."""

from __future__ import annotations

import sys

from limbeck.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limbeck.cli.session import Session


def confirm(session: Session, question: str) -> None:
    """Go on when `--yes` was given, or when `yes` is typed on a terminal.

    Raises:
        UsageError: neither; nothing was done.
    """
    if session.arguments.yes:
        return
    if not _is_terminal():
        raise UsageError(
            f"{question.rstrip('.')}, and nobody can be asked here: nothing was done", hint="the same with --yes"
        )
    sys.stderr.write(f"{question} Type yes to go on: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() != "yes":
        raise UsageError("no yes was typed, so nothing was done")


def _is_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))

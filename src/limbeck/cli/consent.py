"""The question before a way back that destroys what is there."""

from __future__ import annotations

import shlex
import sys

from limbeck.cli.session import write_line
from limbeck.model.errors import UsageError
from limbeck.report.preflight import loss_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from limbeck.cli.session import Session
    from limbeck.model.preflight import Surveyed

_YES = "yes"


def wanted(session: Session, target: str, surveyed: Sequence[Surveyed]) -> None:
    """Say what a downgrade destroys, and go on when somebody wants that.

    Nobody is asked when no row goes and something is left.

    Raises:
        UsageError: there was no yes.
    """
    lines = [line for one in surveyed for line in loss_lines(one.findings)]
    question = any(one.plan.steps and (one.findings.destroys or not one.plan.target) for one in surveyed)
    if not question or session.arguments.yes:
        if lines:
            session.note("\n".join(["what goes:", *lines]))
        return
    again = f"limbeck downgrade {shlex.quote(target)} --yes"
    told = "".join(f"\n{line}" for line in lines)
    if not _terminal():
        raise UsageError(
            f"a downgrade to {target} wants a yes, and there is no terminal to ask on; nothing was run{told}",
            hint=again,
        )
    write_line(sys.stderr, f"a downgrade to {target} destroys what is there{told}")
    if _answer() != _YES:
        raise UsageError("that was no yes; nothing was run", hint=again)


def _terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()


def _answer() -> str:
    sys.stderr.write(f"type {_YES} to go on: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower()

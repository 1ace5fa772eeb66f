"""How a run goes, on standard error: one changing line on a terminal, plain lines elsewhere, nothing with --quiet."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from limbeck.cli.session import showable
from limbeck.report.safe_text import printable

if TYPE_CHECKING:
    from limbeck.cli.session import Session
    from limbeck.model.plan import DatabaseState, Direction, Plan, Step


class Progress:
    """A Listener of a run."""

    def __init__(self, session: Session, direction: Direction) -> None:
        self._session = session
        self._verb = "upgrading" if direction.value == "upgrade" else "downgrading"
        self._live = sys.stderr is not None and sys.stderr.isatty() and not session.arguments.quiet
        self._open = False

    def planned(self, plan: Plan, state: DatabaseState) -> None:
        """Say which database, from where to where."""
        name = f"{state.name}: " if state.name else ""
        if plan.steps:
            count = len(plan.steps)
            self._line(
                printable(
                    f"{name}{self._verb} {state.address}: {count} revision{'s' if count > 1 else ''}, "
                    f"{', '.join(plan.start) or 'base'} to {', '.join(plan.target) or 'base'}"
                )
            )

    def started(self, step: Step, number: int, total: int) -> None:
        """On a terminal, show which step runs."""
        if self._live:
            text = f"  {number}/{total} {self._words(step)} …"
            width = shutil.get_terminal_size().columns - 1
            self._write(f"\r\x1b[K{showable(sys.stderr, text[:width])}")
            self._open = True

    def finished(self, step: Step, number: int, total: int, seconds: float) -> None:
        """One line that stays."""
        self._line(f"  {number}/{total} {self._words(step)}  {seconds:.2f} s")

    def remark(self, text: str) -> None:
        """One line that stays."""
        self._line(f"  {printable(text)}")

    def close(self) -> None:
        """End the changing line."""
        if self._open:
            self._write("\r\x1b[K")
            self._open = False

    def _words(self, step: Step) -> str:
        message = self._session.graph.revisions[step.revision].message.partition("\n")[0]
        return printable(f"{step.revision}  {message}")

    def _write(self, text: str) -> None:
        """Progress that cannot be shown (the terminal has gone) does not stop the run."""
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()

    def _line(self, text: str) -> None:
        if self._open:
            self._write("\r\x1b[K")
            self._open = False
        self._session.note(text)

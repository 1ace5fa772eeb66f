"""How a run goes, on standard error: one changing line on a terminal, plain lines elsewhere, nothing with --quiet."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from limbeck.cli.session import showable
from limbeck.report.safe_text import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from limbeck.cli.session import Session
    from limbeck.model.plan import DatabaseState, Direction, Plan, Step

_BETWEEN_LINES, _LONGEST_WRITE = 30.0, 0.1  # seconds


class Progress:
    """A Listener of a run."""

    def __init__(self, session: Session, direction: Direction, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._clock = clock
        self._verb = "upgrading" if direction.value == "upgrade" else "downgrading"
        self._live = sys.stderr is not None and sys.stderr.isatty() and not session.arguments.quiet
        self._open = False
        self._under_way = ""  # the step, in words
        self._said = 0.0  # when it was last said what is under way
        self._turn = threading.RLock()  # a run's thread and the one that watches it tell by turns

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
        with self._turn:
            self._under_way = f"  {number}/{total} {self._words(step)}"
            self._said = self._clock()
            self._show("")

    def finished(self, step: Step, number: int, total: int, seconds: float) -> None:
        """One line that stays."""
        with self._turn:
            self._under_way = ""
            self._line(f"  {number}/{total} {self._words(step)}  {seconds:.2f} s")

    def remark(self, text: str) -> None:
        """One line that stays."""
        with self._turn:
            self._line(f"  {printable(text)}")
            if self._under_way:
                self._show("")

    def progress(self, text: str) -> None:
        """On a terminal, in the line that changes; elsewhere a line now and then, so that nobody takes it for dead."""
        with self._turn:
            if self._live:
                self._show(f" {printable(text)}")
            elif self._clock() - self._said >= _BETWEEN_LINES:
                self._said = self._clock()
                self._line(f"{self._under_way or ' '} … {printable(text)}")

    def close(self) -> None:
        """End the changing line."""
        with self._turn:
            self._under_way = ""
            if self._open:
                self._write("\r\x1b[K")
                self._open = False

    def leave(self) -> None:
        """Tidy the terminal up before the process ends at once, whoever is just writing to it."""
        if self._turn.acquire(timeout=_LONGEST_WRITE):
            self.close()
        self._write("limbeck: ended at once; `limbeck current` says where the database is\n")

    def _show(self, text: str) -> None:
        """Change the changing line; where there is no room for all of it, the step's words are cut."""
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            end = f" …{text}"[:width]
            self._write(f"\r\x1b[K{showable(sys.stderr, self._under_way[: width - len(end)] + end)}")
            self._open = True

    def _words(self, step: Step) -> str:
        message = self._session.graph.revisions[step.revision].message.partition("\n")[0]
        return printable(f"{step.revision}  {message}")

    def _write(self, text: str) -> None:
        """Progress that cannot be shown (the terminal has gone) does not stop the run."""
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()

    def _line(self, text: str) -> None:
        with self._turn:
            if self._open:
                self._write("\r\x1b[K")
                self._open = False
            self._session.note(text)

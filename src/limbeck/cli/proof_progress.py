"""How a proof goes, on a terminal: one changing line with the time left, and the first finding at once."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from limbeck.cli.session import showable
from limbeck.report.safe_text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limbeck.cli.session import Session
    from limbeck.model.finding import Finding, Severity


class ProofProgress:
    """Told of each revision that has been proved; elsewhere than on a terminal, it says nothing."""

    def __init__(self, session: Session, threshold: Severity | None) -> None:
        """Nothing is shown yet.

        Args:
            threshold: the severity from which on a finding is worth a line at once.
        """
        self._session = session
        self._total = 0
        self._threshold = threshold
        self._done = 0
        self._began = session.clock()
        self._found = False
        self._live = sys.stderr is not None and sys.stderr.isatty() and not session.arguments.quiet

    def begin(self, total: int) -> None:
        """So many are to be proved."""
        self._total = total
        self._began = self._session.clock()
        self._show(f"0/{total} revisions proved")

    def told(self, revision: str, findings: Sequence[Finding]) -> None:
        """One more has been proved."""
        self._done += 1
        if self._done == 1:
            self._began = self._session.clock()  # what comes before the first one comes once
        bad = [each for each in findings if self._threshold and each.severity.rank >= self._threshold.rank]
        if bad and not self._found and self._live:
            self._found = True
            span = bad[0].span
            self.close()
            self._session.note(
                printable(f"first finding: {self._session.display_path(span.path)}:{span.line}: {bad[0].message}")
            )
        if self._done == self._total:
            self._show(f"{self._done}/{self._total} revisions proved; the chain as a whole")
            return
        seconds = (self._session.clock() - self._began) / max(self._done - 1, 1) * (self._total - self._done)
        left = f", about {seconds:.0f} s left" if self._done > 1 else ""
        self._show(f"{self._done}/{self._total} revisions proved{left}  {revision}")

    def close(self) -> None:
        """Take the changing line away."""
        if self._live:
            self._write("\r\x1b[K")

    def _show(self, text: str) -> None:
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            self._write(f"\r\x1b[K{showable(sys.stderr, printable(text)[:width])}")

    def _write(self, text: str) -> None:
        """Progress that cannot be shown (the terminal has gone) does not stop the proof."""
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()

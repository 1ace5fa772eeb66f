"""limbeck with a clock: how long the revisions took that it measured, apart from all that it does besides.

    python bench/clocked.py FILE lint --all ...      # FILE gets seconds, revisions and statements

A revision's time runs from the moment at which Alembic gets it to the moment at which Alembic wants the next one: its
statements, what is asked after each, its version row, its commit.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from limbeck.cli import console
from limbeck.lint.rehearse.rehearsal import Rehearsal


def main() -> None:
    """Run the command."""
    answer, *sys.argv[1:] = sys.argv[1:]
    seconds, statements = [], []
    original = Rehearsal._step

    def timed(self: Rehearsal, *arguments: Any, **options: Any) -> Iterator[Any]:
        for step in original(self, *arguments, **options):
            begin = time.perf_counter()
            yield step
            seconds.append(time.perf_counter() - begin)
            if self._measure is not None:
                statements.append(len(self._measure.facts))

    Rehearsal._step = timed  # type: ignore[method-assign]
    try:
        console()
    finally:
        Path(answer).write_text(f"{sum(seconds)!r} {len(seconds)} {sum(statements)}\n")


if __name__ == "__main__":
    main()

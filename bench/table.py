"""The measurements as Markdown."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from importlib.metadata import version
from typing import NamedTuple

from chains import Chain
from commands import Case, least_memory_ratio, least_ratio
from measure import Run, Spread

_COLUMNS = (
    *("command", "chain", "alembic ms", "limbeck ms", "times faster", "target"),
    *("alembic MiB", "limbeck MiB", "times less", "n"),
)


class Row(NamedTuple):
    """One command on one chain, measured in turns."""

    case: Case
    chain: Chain
    cold: bool
    alembic: list[Run]
    limbeck: list[Run]

    @property
    def ratio(self) -> Spread:
        """How many times faster limbeck was, pair by pair."""
        return Spread.of([a.seconds / b.seconds for a, b in zip(self.alembic, self.limbeck, strict=True)])

    @property
    def memory_ratio(self) -> float:
        """How many times less memory limbeck took, pair by pair."""
        return Spread.of([a.kib / b.kib for a, b in zip(self.alembic, self.limbeck, strict=True)]).median

    @property
    def label(self) -> str:
        """The command with what it is measured on, and the chain."""
        words = f"`{' '.join(self.case.limbeck)}`" + (f", {self.case.what}" if self.case.what else "")
        return words + (", cold cache" if self.cold else "")

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        ratio = self.ratio
        return (
            self.label,
            f"{'branchy' if self.chain.branchy else 'linear'} {len(self.chain.ids):,}",
            _milliseconds(self.alembic),
            _milliseconds(self.limbeck),
            f"**{_short(ratio.median)}** ({_short(ratio.least)} to {_short(ratio.greatest)})",
            _verdict(ratio.median, least_ratio(self.case, self.chain, cold=self.cold)),
            _mebibytes(self.alembic),
            _mebibytes(self.limbeck),
            _short(self.memory_ratio) + _mark(self.memory_ratio, least_memory_ratio(self.case)),
            str(len(self.limbeck)),
        )

    def line(self) -> str:
        """One line of text, for progress."""
        command, chain, alembic, limbeck, ratio, target, *_ = self.cells()
        return f"{command:<46} {chain:<15} {alembic:>22} {limbeck:>20} {ratio.replace('*', ''):>24}  {target}"


def table(rows: Sequence[Row]) -> str:
    """All rows."""
    lines = [_COLUMNS, ("---",) * len(_COLUMNS), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def versions(postgresql: str) -> str:
    """What was measured, on what."""
    words = (
        f"limbeck {version('limbeck')}, Alembic {version('alembic')}, SQLAlchemy {version('sqlalchemy')}, "
        f"psycopg {version('psycopg')}, Python {platform.python_version()}, PostgreSQL {postgresql}, "
        f"SQLite {sqlite3.sqlite_version}; {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    )
    load = f", load average {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return words + load


def missed(rows: Sequence[Row]) -> list[Row]:
    """The rows whose targets were not reached."""
    return [
        row
        for row in rows
        if row.ratio.median < (least_ratio(row.case, row.chain, cold=row.cold) or 0)
        or row.memory_ratio < (least_memory_ratio(row.case) or 0)
    ]


def _milliseconds(runs: Sequence[Run]) -> str:
    spread = Spread.of([run.seconds * 1000 for run in runs])
    return f"{_short(spread.median)} ({_short(spread.least)}-{_short(spread.greatest)})"


def _mebibytes(runs: Sequence[Run]) -> str:
    return f"{Spread.of([run.kib / 1024 for run in runs]).median:.0f}"


def _short(number: float) -> str:
    """Three digits of it, or all those before the point."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}" if number >= 1 else f"{number:.2f}"


def _verdict(reached: float, least: float | None) -> str:
    return "" if least is None else f"{least:g}{_mark(reached, least)}"


def _mark(reached: float, least: float | None) -> str:
    return "" if least is None else " ✓" if reached >= least else " ✗"

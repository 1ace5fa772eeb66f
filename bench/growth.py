"""Growth from 1,500 to 15,000 revisions: no worse than linear, in time and in memory; limbeck alone.

    python bench/growth.py [--rounds 5] [--out FILE]

Ten times the revisions may take at most ten times the time and the memory, whole processes compared.  `beyond` is the
same without what a chain of fifteen costs, which is the start of the process; it is told and not judged, because on a
chain of 1,500 little may be left.  Exit status 1 when something grows faster.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from chains import Chain, write_chain
from commands import warm_up
from databases import Databases
from measure import Failed, Program, Run, Spread
from table import versions

from limbeck.scratch import start_server

_SIZES = (15, 1500, 15000)
_MOST = _SIZES[2] / _SIZES[1]


class Operation(NamedTuple):
    """A command of limbeck; LOW, HIGH and LATE in its words are revisions at a third, two thirds and near the end.

    `state` is where the database stands before each run, `head`, `behind` by one, or `base`; empty when none is asked.
    """

    words: tuple[str, ...]
    state: str = ""
    cold: bool = False

    @property
    def label(self) -> str:
        """The command as a user would name it."""
        return f"`{' '.join(self.words)}`" + (", cold cache" if self.cold else "")


OPERATIONS = (
    Operation(("heads",)),
    Operation(("heads",), cold=True),
    Operation(("history",)),
    Operation(("history", "--json")),
    Operation(("history", "LOW:HIGH")),
    Operation(("branches",)),
    Operation(("show", "LATE")),
    Operation(("show", "head")),
    Operation(("current",), "head"),
    Operation(("upgrade",), "head"),
    Operation(("plan",), "behind"),
    Operation(("plan", "--no-sql"), "base"),
    Operation(("plan", "--downgrade", "--no-sql", "LOW"), "head"),
    Operation(("upgrade", "+1"), "behind"),
)


class Growth(NamedTuple):
    """One operation on three sizes of one shape: the medians of time, seconds, and of memory, KiB, by size."""

    operation: Operation
    shape: str
    seconds: tuple[float, ...]
    kib: tuple[float, ...]

    @property
    def time(self) -> float:
        """How many times longer it takes."""
        return self.seconds[2] / self.seconds[1]

    @property
    def beyond(self) -> str:
        """The same without the start of the process, in words; empty when too little is left to divide by."""
        small = self.seconds[1] - self.seconds[0]
        return f"{(self.seconds[2] - self.seconds[0]) / small:.1f}" if small > 0.001 else ""

    @property
    def memory(self) -> float:
        """How many times more memory it takes."""
        return self.kib[2] / self.kib[1]

    def row(self) -> str:
        """A row of the table."""
        times = " | ".join(f"{seconds * 1000:,.1f}" for seconds in self.seconds)
        sizes = " | ".join(f"{kib / 1024:.0f}" for kib in self.kib)
        sound = "✓" if max(self.time, self.memory) <= _MOST else "✗"
        return (
            f"| {self.operation.label} | {self.shape} | {times} | **{self.time:.2f}** | {self.beyond} | {sizes} | "
            f"**{self.memory:.2f}** | {sound} |"
        )


def measure(operation: Operation, chain: Chain, databases: Databases, scratch: Path, rounds: int) -> list[Run]:
    """The runs of one operation on one chain.

    Raises:
        Failed: one of them fails.
    """
    size = len(chain.ids)
    places = {"LOW": chain.ids[size // 3], "HIGH": chain.ids[2 * size // 3], "LATE": chain.ids[-5]}
    words = []
    for word in operation.words:
        for name, identifier in places.items():
            word = word.replace(name, identifier)
        words.append(word)
    cache = scratch / ("cold" if operation.cold else "cache")
    environ = {"XDG_CACHE_HOME": str(cache)}
    url = databases.stamped(chain) if operation.state else ""
    if url:
        chain.set_url(url)
        environ["LIMBECK_URL"] = url
    runs = []
    with Program(("limbeck", *words), chain.folder, scratch, environ) as program:
        for _ in range(rounds):
            if operation.cold:
                shutil.rmtree(cache, ignore_errors=True)
            if url:
                databases.put(chain, url, operation.state)
            runs.append(program.succeed())
    return runs


def main() -> int:
    """Measure and print; exit 1 when something grows faster than the chain."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table there, too")
    arguments = parser.parse_args()
    found: list[Growth] = []
    with tempfile.TemporaryDirectory(prefix="limbeck-bench-") as folder, start_server() as server:
        scratch = Path(folder)
        databases = Databases(server, scratch)
        for shape in ("linear", "branchy"):
            chains = [write_chain(scratch / f"{shape}_{n}", n, branchy=shape == "branchy") for n in _SIZES]
            for chain in chains:
                warm_up(chain, scratch)
            for operation in OPERATIONS:
                runs = [measure(operation, chain, databases, scratch, arguments.rounds) for chain in chains]
                seconds = tuple(Spread.of([run.seconds for run in some]).median for some in runs)
                found.append(Growth(operation, shape, seconds, tuple(max(run.kib for run in some) for some in runs)))
                print(found[-1].row(), file=sys.stderr)
        text = _text(found, versions(databases.version))
    print(text)
    if arguments.out is not None:
        arguments.out.write_text(text + "\n")
    return int(any(max(growth.time, growth.memory) > _MOST for growth in found))


def _text(found: list[Growth], measured_on: str) -> str:
    sizes = [f"{size:,}" for size in _SIZES]
    names = ("command", "chain", *(f"ms at {n}" for n in sizes), "times", "beyond", *(f"MiB at {n}" for n in sizes))
    names += ("times", "linear")
    head = f"| {' | '.join(names)} |\n|{'---|' * len(names)}"
    return "\n\n".join(
        (
            f"limbeck from {sizes[1]} to {sizes[2]} revisions: at most {_MOST:.0f} times the time and the memory.",
            measured_on,
            "\n".join((head, *(growth.row() for growth in found))),
        )
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        sys.exit(f"bench: {failed}")

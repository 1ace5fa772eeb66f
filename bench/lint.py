"""How long lint takes: the first time, again, with one new revision on a long chain, and for each statement.

    python bench/lint.py                      # a few minutes; prints a table
    python bench/lint.py --rounds 7 --check   # exit status 1 when a target is missed

Whole processes, with the start of the scratch server where it is the first time.  What a statement costs is the time of
a chain of 300 without that of one of 15, which takes what happens once out of both.  A measured one takes the time
in which lint runs the revisions (see clocked.py), an executed one that of `alembic upgrade head`, on a server of the
same kind, in turns.  The last row is all that lint does, by `upgrade head` and `downgrade base`: it tries both ways,
makes up rows, compares what the way back leaves, and judges.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from chains import Chain, write_chain
from measure import Failed, Program, Run, Spread, clean_environment
from table import versions

from limbeck.scratch import Server, start_server

_GATEWAY = Path(__file__).parent.parent / "systems" / "gateway"
_CLOCKED = Path(__file__).with_name("clocked.py")
_NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"
_LINT = ("limbeck", "lint", "--all", "--fail-on", "never")
_LONG, _SHORT = 300, 15
_NEW = '''\
"""One more."""

from alembic import op

revision = "new_{number}"
down_revision = "{below}"


def upgrade():
    op.execute("CREATE TABLE new_{number} (id bigint PRIMARY KEY, note text)")
    op.execute("CREATE INDEX ix_new_{number} ON new_{number} (note)")


def downgrade():
    op.drop_table("new_{number}")
'''


class Row(NamedTuple):
    """One line: what was measured, its unit, and the most that it may be, if there is such."""

    what: str
    numbers: tuple[float, ...]
    unit: str
    most: float | None

    @property
    def missed(self) -> bool:
        """Whether it takes longer than it may."""
        return self.most is not None and median(self.numbers) > self.most

    def line(self) -> str:
        """Of a Markdown table."""
        found = Spread.of(self.numbers)
        digits = 0 if self.unit == "ms" else 2
        spread = f"{found.median:.{digits}f} ({found.least:.{digits}f} to {found.greatest:.{digits}f}) {self.unit}"
        most = "" if self.most is None else f"{self.most:g} {self.unit}"
        return f"| {self.what} | {spread} | {most} | {len(self.numbers)} |"


class Costs(NamedTuple):
    """Of one chain, in seconds: lint as a whole, the revisions that it ran in it, and Alembic's two ways."""

    lint: float
    measured: float
    upgrade: float
    downgrade: float

    def without(self, other: Costs) -> Costs:
        """What a longer chain costs more than another."""
        return Costs(*(mine - its for mine, its in zip(self, other, strict=True)))


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (default: 3)")
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="limbeck-bench-") as folder, start_server() as server:
        scratch = Path(folder)
        first, again = _gateway(scratch, arguments.rounds)
        chains = [write_chain(scratch / f"chain_{size}", size, branchy=False) for size in (_LONG, _SHORT)]
        for chain in chains:
            server.create_database(chain.name)
        costs = [_cost(chains, server, scratch) for _ in range(arguments.rounds)]
        rows = [
            Row("the gateway's chain, the first time", _seconds(first), "s", 3),
            Row("the gateway's chain, unchanged", tuple(run.seconds * 1000 for run in again), "ms", 150),
            Row(f"one new revision on {_LONG}", _seconds(_grown(chains[0], scratch, arguments.rounds)), "s", 1.5),
            Row("a measured statement, by an executed one", tuple(c.measured / c.upgrade for c in costs), "times", 3),
            Row(
                "all of lint, by executing both ways",
                tuple(c.lint / (c.upgrade + c.downgrade) for c in costs),
                "times",
                None,
            ),
        ]
    print(f"{versions('.'.join(map(str, server.version)))}\n")
    print("| what | median (least to greatest) | at most | n |\n| --- | --- | --- | ---: |")
    print("\n".join(row.line() for row in rows))
    return int(arguments.check and any(row.missed for row in rows))


def _environment(scratch: Path) -> dict[str, str]:
    """Folders of our own, so that nothing is known yet and nothing is kept."""
    return {
        "XDG_CACHE_HOME": str(scratch / "cache"),
        "XDG_DATA_HOME": str(scratch / "data"),
        "DATABASE_URL": _NOWHERE,
    }


def _forget(scratch: Path) -> None:
    for name in ("cache", "data"):
        shutil.rmtree(scratch / name, ignore_errors=True)


def _gateway(scratch: Path, rounds: int) -> tuple[list[Run], list[Run]]:
    first, again = [], []
    with Program(_LINT, _GATEWAY, scratch, _environment(scratch)) as program:
        program.succeed()  # Python compiles what it imports
        for _ in range(rounds):
            _forget(scratch)
            first.append(program.succeed())
            again += [program.succeed() for _ in range(rounds)]
    return first, again


def _cost(chains: Sequence[Chain], server: Server, scratch: Path) -> Costs:
    """What the first chain costs more than the second."""
    long, short = (_costs(chain, server.url(chain.name, driver="psycopg"), scratch) for chain in chains)
    return long.without(short)


def _costs(chain: Chain, url: str, scratch: Path) -> Costs:
    _forget(scratch)
    answer = scratch / "clock"
    command = [sys.executable, str(_CLOCKED), str(answer), *_LINT[1:]]
    environ = {**clean_environment(), **_environment(scratch)}
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=chain.folder, env=environ, capture_output=True, text=True)
    lint = time.perf_counter() - begin
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr[-2000:]}")
    measured, revisions, _ = answer.read_text().split()
    if int(revisions) != len(chain.ids):
        raise Failed(f"{revisions} revisions of {len(chain.ids)} were measured")
    chain.set_url(url)
    ways = []
    for words in (("upgrade", "head"), ("downgrade", "base")):
        with Program(("alembic", *words), chain.folder, scratch) as program:
            ways.append(program.succeed().seconds)
    chain.set_url(_NOWHERE)
    return Costs(lint, float(measured), *ways)


def _grown(chain: Chain, scratch: Path, rounds: int) -> list[Run]:
    found = []
    with Program(_LINT, chain.folder, scratch, _environment(scratch)) as program:
        program.succeed()
        below = chain.head
        for number in range(rounds):
            path = next(chain.folder.glob("*/versions")) / f"new_{number}.py"
            path.write_text(_NEW.format(number=number, below=below))
            below = f"new_{number}"
            found.append(program.succeed())
    return found


def _seconds(runs: Sequence[Run]) -> tuple[float, ...]:
    return tuple(run.seconds for run in runs)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        sys.exit(f"bench: {failed}")

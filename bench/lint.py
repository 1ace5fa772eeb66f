"""How long lint takes: the first time, again, with one new revision on a long chain, and for each statement.

    python bench/lint.py                      # about a minute; prints a table
    python bench/lint.py --rounds 7 --check   # exit status 1 when a target is missed

Whole processes, with the start of the scratch server where it is the first time.  What a statement costs is the time of
a chain of 300 without that of one of 15: lint's by that of `alembic upgrade head`, on a server of the same kind.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from chains import Chain, write_chain
from measure import Failed, Program, Run, Spread
from table import versions

from limbeck.scratch import start_server

_GATEWAY = Path(__file__).parent.parent / "systems" / "gateway"
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
    """One line: what was measured, its unit, and the most that it may be."""

    what: str
    numbers: tuple[float, ...]
    unit: str
    most: float

    @property
    def missed(self) -> bool:
        """Whether it takes longer than it may."""
        return median(self.numbers) > self.most

    def line(self) -> str:
        """Of a Markdown table."""
        found = Spread.of(self.numbers)
        digits = 0 if self.unit == "ms" else 2
        spread = f"{found.median:.{digits}f} ({found.least:.{digits}f} to {found.greatest:.{digits}f}) {self.unit}"
        return f"| {self.what} | {spread} | {self.most:g} {self.unit} | {len(self.numbers)} |"


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
        linted = [_first(chain.folder, scratch, arguments.rounds) for chain in chains]
        upgraded = []
        for chain in chains:
            server.create_database(chain.name)
            chain.set_url(server.url(chain.name, driver="psycopg"))
            upgraded.append([_upgraded(chain, scratch) for _ in range(arguments.rounds)])
            chain.set_url(_NOWHERE)
        ratios = _ratios(linted, upgraded)
        rows = [
            Row("the gateway's chain, the first time", _seconds(first), "s", 3),
            Row("the gateway's chain, unchanged", tuple(run.seconds * 1000 for run in again), "ms", 150),
            Row(f"one new revision on {_LONG}", _seconds(_grown(chains[0], scratch, arguments.rounds)), "s", 1.5),
            Row("a measured statement, by an executed one", ratios, "times", 3),
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


def _first(folder: Path, scratch: Path, rounds: int) -> list[Run]:
    found = []
    with Program(_LINT, folder, scratch, _environment(scratch)) as program:
        for _ in range(rounds):
            _forget(scratch)
            found.append(program.succeed())
    return found


def _upgraded(chain: Chain, scratch: Path) -> Run:
    with Program(("alembic", "downgrade", "base"), chain.folder, scratch) as back:
        back.succeed()
    with Program(("alembic", "upgrade", "head"), chain.folder, scratch) as program:
        return program.succeed()


def _ratios(linted: Sequence[Sequence[Run]], upgraded: Sequence[Sequence[Run]]) -> tuple[float, ...]:
    """What more revisions cost lint by what they cost Alembic, round by round."""
    costs = [[long.seconds - short.seconds for long, short in zip(*runs, strict=True)] for runs in (linted, upgraded)]
    return tuple(lint / alembic for lint, alembic in zip(*costs, strict=True))


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

"""pytest: a database at head for every test, beside what people run instead.

    python bench/fixture.py [--size 150] [--rounds 5] [--check] [--out FILE]

What one test pays for its database, its making and its end together: `migrated_database`, and fixtures
that make an empty database and bring it to head with `alembic upgrade head` as a process, or with Alembic's
`command.upgrade` in the tests' own process; in turns, on servers that do not wait for the disk.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from chains import Chain, write_chain
from measure import Failed, Program, Run, Spread
from table import versions

from limbeck.scratch import start_server

PLUGIN = "limbeck.pytest_plugin.plugin"
OURS = "migrated_database"
WAYS = ("alembic", "in process")
TESTS = 10
LEAST = 20  # times, beside the process

CONFTEST = """\
import json, os, subprocess, sys, uuid

import psycopg
import pytest

SERVER, WAY, OUT = (os.environ["BENCH_" + name] for name in ("SERVER", "WAY", "OUT"))
SPENT = {}


def pytest_runtest_logreport(report):
    if report.when != "call":
        SPENT[report.nodeid] = SPENT.get(report.nodeid, 0) + report.duration


def pytest_sessionfinish():
    with open(OUT, "w") as file:
        json.dump(list(SPENT.values()), file)


@pytest.fixture(scope="session")
def server():
    with psycopg.connect(SERVER.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


@pytest.fixture
def empty(server):
    name = "bench_" + uuid.uuid4().hex
    server.execute(f"CREATE DATABASE {name}")
    yield SERVER.format(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def at_head(request):
    if WAY == "migrated_database":
        return request.getfixturevalue("migrated_database").dsn
    url = request.getfixturevalue("empty")
    if WAY == "alembic":
        ini = open("alembic.ini").read().splitlines()
        lines = ["sqlalchemy.url = " + url if line.startswith("sqlalchemy.url") else line for line in ini]
        open("bench.ini", "w").write("\\n".join(lines))
        subprocess.run([sys.executable, "-m", "alembic", "-c", "bench.ini", "upgrade", "head"], check=True)
    else:
        from alembic import command
        from alembic.config import Config

        config = Config("alembic.ini")
        config.set_main_option("sqlalchemy.url", url)
        command.upgrade(config, "head")
    return url.replace("+psycopg", "")
"""

TEST_HEAD = """\
import os

import psycopg
import pytest


@pytest.mark.parametrize("number", range(int(os.environ["BENCH_TESTS"])))
def test_it_is_at_head(at_head, number):
    with psycopg.connect(at_head) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(os.environ["BENCH_HEAD"],)]
"""


class Row(NamedTuple):
    """Seconds of two, pair by pair."""

    name: str
    theirs: list[float]
    ours_name: str
    ours: list[float]

    @property
    def ratio(self) -> Spread:
        """How many times faster ours is."""
        return Spread.of([a / b for a, b in zip(self.theirs, self.ours, strict=True)])

    def line(self) -> str:
        """The row of a table."""
        ratio = self.ratio
        return (
            f"| {self.name} | {_told(self.theirs)} | {self.ours_name} | {_told(self.ours)} "
            f"| **{ratio.median:.1f}** ({ratio.least:.1f} to {ratio.greatest:.1f}) | {len(self.ours)} |"
        )


class Bench:
    """A chain in a folder, with tests in it, and a server."""

    def __init__(self, chain: Chain, scratch: Path, server: str) -> None:
        """Write the tests.

        Args:
            server: the address of a database of the server, with `{}` for its name.
        """
        self.chain = chain
        self._scratch = scratch
        self._out = scratch / "spent.json"
        self._environ = {
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "XDG_DATA_HOME": str(scratch / "data"),
            "XDG_CACHE_HOME": str(scratch / "cache"),
            "BENCH_SERVER": server,
            "BENCH_OUT": str(self._out),
            "BENCH_HEAD": chain.head,
            "BENCH_TESTS": str(TESTS),
        }
        chain.set_url(server.format("postgres"))
        (chain.folder / "conftest.py").write_text(CONFTEST)
        (chain.folder / "test_head.py").write_text(TEST_HEAD)

    def per_test(self, way: str, tests: int = TESTS) -> list[float]:
        """Seconds that each test of a session paid for its database."""
        self._session(("-p", PLUGIN, "test_head.py"), {"BENCH_WAY": way, "BENCH_TESTS": str(tests)})
        spent: list[float] = json.loads(self._out.read_text())
        if len(spent) != tests:
            raise Failed(f"{len(spent)} tests instead of {tests}")
        return spent

    def _session(self, words: Sequence[str], environ: Mapping[str, str]) -> Run:
        return self._run(("pytest", "-q", "--tb=short", *words), environ)

    def _run(self, command: Sequence[str], environ: Mapping[str, str]) -> Run:
        with Program(command, self.chain.folder, self._scratch, {**self._environ, **environ}) as program:
            return program.succeed()


def fixtures(bench: Bench, rounds: int) -> tuple[list[Row], str]:
    """What a test pays for its database, each way; and what the first one pays."""
    first = bench.per_test(OURS)[0]
    again = bench.per_test(OURS)[0]
    theirs: dict[str, list[float]] = {way: [] for way in WAYS}
    ours = []
    for _ in range(rounds):
        for way, runs in theirs.items():
            runs.append(median(bench.per_test(way, 3)))
        ours.append(median(bench.per_test(OURS)[1:]))
    names = {"alembic": "`alembic upgrade head`, a process", "in process": "`command.upgrade`, in process"}
    rows = [Row(names[way], runs, f"`{OURS}`", ours) for way, runs in theirs.items()]
    said = f"The first test of a session: {first * 1000:.0f} ms when nothing is kept, {again * 1000:.0f} ms afterwards."
    return rows, said


def table(rows: Sequence[Row]) -> str:
    """Rows under their headings."""
    heads = ("instead", "ms", "limbeck", "ms", "times faster", "n")
    return "\n".join([f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *(row.line() for row in rows)])


def main() -> int:
    """Measure, print, and judge if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--size", type=int, default=150, help="revisions")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the tables there, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="limbeck-bench-") as folder, start_server() as server:
        scratch = Path(folder)
        chain = write_chain(scratch / "chain", arguments.size)
        address = server.url("NAME", driver="psycopg").replace("NAME", "{}")
        bench = Bench(chain, scratch, address)
        rows, first = fixtures(bench, arguments.rounds)
        parts = [versions(".".join(map(str, server.version))), f"{arguments.size} revisions.", table(rows), first]
        for link in scratch.glob("data/limbeck/postgres/*/pg_tblspc/*"):
            shutil.rmtree(os.readlink(link))  # what limbeck's server for tests has in memory
    text = "\n\n".join(parts)
    print(text)
    if arguments.out is not None:
        arguments.out.write_text(text + "\n")
    return int(arguments.check and rows[0].ratio.median < LEAST)


def _told(runs: Sequence[float]) -> str:
    spread = Spread.of([run * 1000 for run in runs])
    return f"{spread.median:,.0f} ({spread.least:,.0f}-{spread.greatest:,.0f})"


if __name__ == "__main__":
    sys.exit(main())

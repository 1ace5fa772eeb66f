"""The proof of a chain, beside what people run instead.

    python bench/verify.py [--size 150] [--rounds 5] [--pytest-alembic WHEEL] [--check] [--out FILE]

Whole processes, in turns, on the same PostgreSQL, which does not wait for the disk: `limbeck verify`, and
`pytest --limbeck`, beside pytest-alembic's four built-in tests, each on an empty database; and beside the stairway
that people write with Alembic's API: each revision up, down and up, the schema reflected with SQLAlchemy before and
after, and compared.  `limbeck verify && limbeck drift --models` compares the models too, as one of the four tests does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psycopg
from chains import Chain, write_chain
from fixture import PLUGIN, Row, table
from measure import Failed, Program, clean_environment
from psycopg.sql import SQL, Identifier
from table import versions

from limbeck.scratch import start_server

ENV_PY = '''\
"""Connects as the ini file says, or as pytest-alembic hands it over."""

from alembic import context
from bench_models import metadata
from sqlalchemy import engine_from_config, pool

connectable = context.config.attributes.get("connection") or engine_from_config(
    context.config.get_section(context.config.config_ini_section), poolclass=pool.NullPool
)
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
else:
    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
'''

MODELS = """\
import pickle
from pathlib import Path

from sqlalchemy import MetaData

kept = Path(__file__).with_name("models.pickle")
metadata = pickle.loads(kept.read_bytes()) if kept.exists() else MetaData()
"""

CONFTEST = """\
import os, uuid

import psycopg
import pytest
from sqlalchemy import create_engine


@pytest.fixture
def alembic_config():
    return {"file": "alembic.ini"}


@pytest.fixture
def alembic_engine():
    server, name = os.environ["BENCH_SERVER"], "bench_" + uuid.uuid4().hex
    with psycopg.connect(server.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        engine = create_engine(server.format(name))
        yield engine
        engine.dispose()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
"""

BUILT_IN = "from pytest_alembic.tests import *\n"

STAIRWAY = """\
import sys, uuid

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable


def schema(engine):
    metadata = MetaData()
    metadata.reflect(engine)
    tables = [table for table in metadata.sorted_tables if table.name != "alembic_version"]
    indexes = [str(CreateIndex(index).compile(engine)) for table in tables for index in table.indexes]
    return [str(CreateTable(table).compile(engine)) for table in tables] + sorted(indexes)


server, name = sys.argv[1], "bench_" + uuid.uuid4().hex
with psycopg.connect(server.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
    connection.execute(f"CREATE DATABASE {name}")
    config = Config("alembic.ini")
    config.set_main_option("sqlalchemy.url", server.format(name))
    engine = create_engine(server.format(name), poolclass=NullPool)
    proved = 0
    for revision in reversed(list(ScriptDirectory.from_config(config).walk_revisions())):
        before = schema(engine)
        command.upgrade(config, revision.revision)
        command.downgrade(config, revision.down_revision or "base")
        assert sorted(schema(engine)) == sorted(before), revision
        command.upgrade(config, revision.revision)
        proved += 1
    connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
print(proved)
"""


class Case(NamedTuple):
    """A proof with limbeck.

    Attributes:
        name: of its row.
        commands: run one after the other.
        known: what is kept of an earlier proof: nothing, the statements of the revisions, all but the last revision,
            or everything.
        least: how many times faster than the four tests it has to be; None for no target.
    """

    name: str
    commands: tuple[tuple[str, ...], ...]
    known: str
    least: float | None = None


class Bench:
    """A chain in a folder, and a server."""

    def __init__(self, chain: Chain, scratch: Path, server: str, further: str) -> None:
        """Write what is run.

        Args:
            server: the address of a database of the server, with `{}` for its name.
            further: where pytest-alembic is; empty for nowhere.
        """
        self.chain = chain
        self._scratch = scratch
        self._cache = scratch / "cache"
        self._environ = {
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": further,
            "XDG_DATA_HOME": str(scratch / "data"),
            "XDG_CACHE_HOME": str(self._cache),
            "LIMBECK_SCRATCH": server.format("postgres").replace("+psycopg", ""),
            "BENCH_SERVER": server,
        }
        (chain.folder / "migrations" / "env.py").write_text(ENV_PY)
        (chain.folder / "bench_models.py").write_text(MODELS)
        (chain.folder / "conftest.py").write_text(CONFTEST)
        (chain.folder / "test_built_in.py").write_text(BUILT_IN)
        (chain.folder / "stairway.py").write_text(STAIRWAY)
        (chain.folder / "nothing").mkdir()
        versions_ = chain.folder / "migrations" / "versions"
        self._last = next(versions_.glob(f"{chain.head}_*.py"))
        self._changes = 0

    def write_models(self, url: str) -> None:
        """Take the schema at head for the models, as pytest-alembic compares them with the chain."""
        self.chain.set_url(url)
        self._run(("alembic", "upgrade", "head"))
        code = (
            "import pickle, sys; from sqlalchemy import MetaData, create_engine; models = MetaData(); "
            "models.reflect(create_engine(sys.argv[1])); models.remove(models.tables['alembic_version']); "
            "open(sys.argv[2], 'wb').write(pickle.dumps(models))"
        )
        words = [sys.executable, "-c", code, url, str(self.chain.folder / "models.pickle")]
        subprocess.run(words, check=True, env=clean_environment())

    def built_in(self) -> float:
        """Seconds of a session with pytest-alembic's four tests."""
        return self._run(("pytest", "-q", "--tb=short", "-p", "pytest_alembic.plugin", "test_built_in.py"))

    def stairway(self) -> float:
        """Seconds of the stairway."""
        return self._run(("python", "stairway.py", self._environ["BENCH_SERVER"]), f"{len(self.chain.ids)}\n")

    def proof(self, case: Case) -> float:
        """Seconds of a proof with limbeck."""
        if case.known in ("nothing", "statements"):
            self._drop_states()
        if case.known == "nothing":
            shutil.rmtree(self._cache, ignore_errors=True)
        elif case.known == "statements":
            for kept in self._cache.glob("**/*.proofs"):
                kept.unlink()
        elif case.known == "all but one":
            self._changes += 1
            text = self._last.read_text().partition("# changed")[0]
            self._last.write_text(f"{text}# changed {self._changes} times\n")
        return sum(self._run(command) for command in case.commands)

    def _drop_states(self) -> None:
        """Drop the databases that carry states of the chain."""
        address = self._environ["LIMBECK_SCRATCH"]
        with psycopg.connect(address, autocommit=True) as connection:
            names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'limbeck%'").fetchall()
            for (name,) in names:
                connection.execute(SQL("DROP DATABASE {}").format(Identifier(name)))

    def _run(self, command: Sequence[str], output: str | None = None) -> float:
        with Program(command, self.chain.folder, self._scratch, self._environ) as program:
            run = program.succeed()
        if output is not None and run.output != output:
            raise Failed(f"{' '.join(command)}: {run.output}")
        return run.seconds


_VERIFY = (("limbeck", "-q", "verify"),)
_SCHEMA = ((*_VERIFY[0], "--no-rows"),)
_MODELS = (*_VERIFY, ("limbeck", "-q", "drift", "--models"))
_PYTEST = (("pytest", "-q", "-p", PLUGIN, "--limbeck", "nothing"),)
CASES = (
    Case("`limbeck verify`, cold", _VERIFY, "nothing", 3),
    Case("`limbeck verify`, the chain's SQL known", _VERIFY, "statements", 8),
    Case("`limbeck verify`, all but one revision known", _VERIFY, "all but one", 8),
    Case("`limbeck verify`, nothing changed", _VERIFY, "everything", 20),
    Case("`limbeck verify --no-rows`, cold", _SCHEMA, "nothing", 3),
    Case("`limbeck verify --no-rows`, the chain's SQL known", _SCHEMA, "statements", 8),
    Case("`limbeck verify` and `limbeck drift --models`, cold", _MODELS, "nothing"),
    Case("`pytest --limbeck`, cold", _PYTEST, "nothing"),
    Case("`pytest --limbeck`, nothing changed", _PYTEST, "everything"),
)
_LEAST_OF_STAIRWAY = 20


class Measured(NamedTuple):
    """A row, and how many times faster ours has to be."""

    row: Row
    least: float | None

    @property
    def is_missed(self) -> bool:
        """Whether it is not."""
        return self.least is not None and self.row.ratio.median < self.least

    def line(self) -> str:
        """The row of a table."""
        target = "" if self.least is None else f"{self.least:g} {'✗' if self.is_missed else '✓'}"
        return f"{self.row.line()} {target} |"


def beside_tests(bench: Bench, rounds: int) -> list[Measured]:
    """Each case beside the four tests, in turns."""
    for case in CASES:
        bench.proof(case)
    theirs: list[float] = []
    ours: dict[Case, list[float]] = {case: [] for case in CASES}
    for _ in range(rounds):
        theirs.append(bench.built_in())
        for case, runs in ours.items():
            runs.append(bench.proof(case))
    return [Measured(Row("pytest-alembic's four tests", theirs, each.name, ours[each]), each.least) for each in CASES]


def beside_stairway(bench: Bench, rounds: int) -> list[Measured]:
    """The cold proof beside the stairway, in turns."""
    pairs = [(bench.stairway(), bench.proof(CASES[0])) for _ in range(rounds)]
    row = Row("the stairway, reflecting", [one for one, _ in pairs], CASES[0].name, [other for _, other in pairs])
    return [Measured(row, _LEAST_OF_STAIRWAY)]


def has_pytest_alembic(further: str) -> bool:
    """Whether a process can import it."""
    words = [sys.executable, "-c", "import pytest_alembic"]
    environ = {**clean_environment(), "PYTHONPATH": further}
    return subprocess.run(words, env=environ, stderr=subprocess.DEVNULL).returncode == 0


def text(measured: Sequence[Measured]) -> str:
    """The rows under their headings."""
    heads, rule, *_ = table([]).splitlines()
    return "\n".join([f"{heads} target |", f"{rule} --- |", *(each.line() for each in measured)])


def main() -> int:
    """Measure, print, and judge if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--size", type=int, default=150, help="revisions")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stairway-rounds", type=int, default=1, help="of the stairway, which takes long; 0 for none")
    parser.add_argument("--pytest-alembic", metavar="PATH", default="", help="a wheel, or a folder with the package")
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table there, too")
    arguments = parser.parse_args()
    further = os.path.abspath(arguments.pytest_alembic) if arguments.pytest_alembic else ""
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="limbeck-bench-") as folder, start_server() as server:
        chain = write_chain(Path(folder) / "chain", arguments.size)
        address = server.url("NAME", driver="psycopg").replace("NAME", "{}")
        bench = Bench(chain, Path(folder), address, further)
        server.create_database("models")
        bench.write_models(address.format("models"))
        if has_pytest_alembic(further):
            measured += beside_tests(bench, arguments.rounds)
        measured += beside_stairway(bench, arguments.stairway_rounds) if arguments.stairway_rounds else []
        parts = [versions(".".join(map(str, server.version))), f"{arguments.size} revisions.", text(measured)]
    if not has_pytest_alembic(further):
        parts.append("pytest-alembic is not installed, and was not measured: --pytest-alembic WHEEL")
    told = "\n\n".join(parts)
    print(told)
    if arguments.out is not None:
        arguments.out.write_text(told + "\n")
    return int(arguments.check and any(each.is_missed for each in measured))


if __name__ == "__main__":
    sys.exit(main())

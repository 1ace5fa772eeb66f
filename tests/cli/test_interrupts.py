"""A run is interrupted while a driver waits for the server: the statement ends there, the step is rolled back."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from limbeck.model.wait import Wait
from tests.cli.projects import ASYNC_ENV_PY, ENV_PY, line, write_revision
from tests.conftest import demand_or_skip
from tests.run.runs import UNTIL_LET, asked, until_let

LIMBECK = [sys.executable, "-m", "limbeck"]
DEADLINE = 30  # seconds
ALL = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
POSTGRES_SLEEPS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
MARIADB_SLEEPS = "SELECT count(*) FROM information_schema.processlist WHERE state = 'User sleep'"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def sleeping(folder: Path, url: str, sleep: str, env_py: str = ENV_PY) -> None:
    """A project whose second revision creates a table and then sleeps."""
    line(folder, url)
    (folder / "migrations" / "env.py").write_text(env_py)
    up = f'op.execute("CREATE TABLE orders (id int)")\n    {sleep}'
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)


STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Not when a test fails either: some of these processes obey nobody."""
    yield
    while STARTED:
        process = STARTED.pop()
        if process.poll() is None:
            process.kill()
            process.communicate()


def started(*words: str) -> subprocess.Popen[str]:
    """With SIGHUP as a terminal leaves it: under nohup the tests' own process ignores it, and limbeck would too."""
    process = subprocess.Popen(
        [*LIMBECK, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )
    STARTED.append(process)
    return process


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Ask again and again, until it holds or the process has ended; bounded by the tests' own deadline."""
    until = time.monotonic() + DEADLINE
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)  # between two looks; bounded by the deadline


def interrupted(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send the signal; what it wrote to standard error until it had ended."""
    process.send_signal(number)
    _, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130, err
    assert "limbeck: interrupted\nhint: type the same command again to go on" in err
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize("number", ALL)
@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "psycopg async", "asyncpg"])
def test_postgresql(folder: Path, database_url: str, driver: str, number: signal.Signals) -> None:
    name, _, is_async = driver.partition(" ")
    if importlib.util.find_spec(name) is None:
        demand_or_skip(f"{name} is not installed")
    env_py = ASYNC_ENV_PY if is_async or name == "asyncpg" else ENV_PY
    sleeping(folder, database_url.replace("+psycopg", f"+{name}"), 'op.execute("SELECT pg_sleep(600)")', env_py)
    process = started("upgrade")
    wait_until(lambda: asked(database_url, POSTGRES_SLEEPS) == 1, process)
    interrupted(process, number)
    assert asked(database_url, POSTGRES_SLEEPS) == 0
    assert asked(database_url, "SELECT to_regclass('orders')") is None
    assert asked(database_url, "SELECT version_num FROM alembic_version") == "aaa111"


@pytest.mark.mariadb
@pytest.mark.parametrize("number", ALL)
def test_mariadb(folder: Path, mariadb_url: str, number: signal.Signals) -> None:
    sleeping(folder, mariadb_url, 'op.execute("SELECT sleep(600)")')
    process = started("upgrade")
    wait_until(lambda: asked(mariadb_url, MARIADB_SLEEPS) == 1, process)
    interrupted(process, number)
    assert asked(mariadb_url, MARIADB_SLEEPS) == 0
    assert asked(mariadb_url, "SELECT version_num FROM alembic_version") == "aaa111"


def seconds_worked(process: subprocess.Popen[str]) -> float:
    """The time that a process has used of the processors."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


ENDLESS = """\
op.get_bind().connection.driver_connection.create_function("told", 1, lambda number: number or print("now"))
    op.execute("WITH RECURSIVE c(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM c) SELECT told(0), (SELECT count(*) FROM c)")"""


@pytest.mark.parametrize("number", ALL)
def test_sqlite(folder: Path, number: signal.Signals) -> None:
    sleeping(folder, "sqlite:///app.db", ENDLESS)
    process = started("upgrade")
    assert process.stderr is not None
    while process.stderr.readline() != "now\n":
        assert process.poll() is None
    begun = seconds_worked(process)
    wait_until(lambda: seconds_worked(process) > begun + 0.1, process)  # SQLite counts, and calls nothing of Python's
    interrupted(process, number)
    assert asked(f"sqlite:///{folder}/app.db", "SELECT version_num FROM alembic_version") == "aaa111"


STUBBORN = """\
import time
    import limbeck.cli.interrupts
    limbeck.cli.interrupts._ONE = 3600
    while True:
        try:
            print("not yet", flush=True)
            time.sleep(600)
        except BaseException:
            pass"""
DEAF = f"""\
import signal, time
    import limbeck.cli.interrupts
    limbeck.cli.interrupts._ONE = 0
    for number in {[int(number) for number in ALL]}:
        signal.signal(number, lambda *_: None)
    print("not yet", flush=True)
    time.sleep(600)"""


def goes_on(process: subprocess.Popen[str]) -> None:
    """Wait until it says so."""
    assert process.stderr is not None
    while process.stderr.readline() != "not yet\n":
        assert process.poll() is None


@pytest.mark.parametrize("number", ALL)
def test_two_that_come_together_count_as_one(folder: Path, database_url: str, number: signal.Signals) -> None:
    """The revision does not let itself be interrupted by either."""
    sleeping(folder, database_url, STUBBORN)
    process = started("upgrade")
    for _ in range(2):
        goes_on(process)
        process.send_signal(number)
    goes_on(process)
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", ALL)
def test_a_later_one_is_obeyed_at_once(folder: Path, database_url: str, number: signal.Signals) -> None:
    """The revision has taken the signals for itself; the server sees the connection go, and rolls back."""
    sleeping(folder, database_url, DEAF)
    process = started("upgrade")
    goes_on(process)

    def ended() -> bool:
        process.send_signal(number)  # more than two: those that are read at once are one
        return process.poll() is not None

    assert Wait(DEADLINE).until(ended)
    _, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130
    assert err.endswith("limbeck: ended at once; `limbeck current` says where the database is\n")


def test_what_ignores_the_end_of_its_terminal_goes_on(folder: Path, database_url: str) -> None:
    sleeping(folder, database_url, f"op.execute({UNTIL_LET!r})")
    under_way = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND starts_with(query, 'DO')"
    command = f"trap '' HUP; exec {sys.executable} -m limbeck upgrade -q"
    with until_let(database_url) as let:
        process = subprocess.Popen(["/bin/sh", "-c", command], stderr=subprocess.PIPE, text=True)
        wait_until(lambda: asked(database_url, under_way) == 1, process)
        process.send_signal(signal.SIGHUP)
        let()
        _, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, err) == (0, "")


LOST = """
import os, signal, weakref
from limbeck.cli.interrupts import ended_as_by_ctrl_c

class Module:
    pass

ended_as_by_ctrl_c(True)
module = Module()
lock = weakref.ref(module, lambda _: signal.raise_signal(signal.SIGINT))
reads, writes = os.pipe()
try:
    del module
    os.read(reads, 1)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_one_that_python_has_lost_comes_again() -> None:
    """In a callback nothing can be raised: the main thread would go on, and wait for what never comes."""
    done = subprocess.run([sys.executable, "-c", LOST], capture_output=True, text=True, timeout=2 * DEADLINE)
    assert (done.stdout, done.stderr) == ("interrupted\n", "")

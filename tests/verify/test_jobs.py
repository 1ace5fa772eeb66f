"""Several processes prove one chain: what they say is what one says, and at their end none of them is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from limbeck.lint.scratch_server import name_for
from limbeck.scratch import Server
from limbeck.verify.shares import processes_for, shares
from limbeck.verify.worker import Part, Task
from limbeck.verify.workers import Workers
from tests.cli.command import limbeck
from tests.verify.test_chain import Chain
from tests.verify.test_recordings import forget_proofs

DEADLINE = 60  # seconds


@pytest.fixture
def chain(tmp_path: Path, postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> Chain:
    chain = Chain(tmp_path / "project", postgres_server)
    monkeypatch.chdir(chain.folder)
    monkeypatch.setenv("LIMBECK_SCRATCH", postgres_server.url())
    return chain


def proved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    """Exit status and output of a proof that knows nothing of earlier ones."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches" / os.urandom(4).hex()))
    outcome = limbeck("verify", *words)
    return outcome.status, outcome.out


def databases(server: Server, chain: Chain, kind: str = "") -> list[str]:
    """The databases of the chain that are on the server, which other tests use too."""
    versions = str(chain.folder / "migrations" / "versions")
    pattern = f"limbeck_{name_for([versions])}_{kind}%"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", (pattern,)).fetchall()
    return [str(name) for (name,) in rows]


def working(server: Server, chain: Chain) -> list[str]:
    """Those in which a proof works."""
    return databases(server, chain, "working_")


def line(chain: Chain, count: int) -> None:
    """Revisions r0, r1, ... of which each makes a table; every third leaves something behind."""
    for number in range(count):
        up = f"CREATE TABLE t{number} (id int PRIMARY KEY); CREATE TYPE e{number} AS ENUM ('a')"
        down = f"DROP TABLE t{number}" + ("" if number % 3 == 1 else f"; DROP TYPE e{number}")
        chain.add(f"r{number}", f"r{number - 1}" if number else None, up, down)


@pytest.mark.parametrize(
    ("processors", "revisions", "count"), [(4, 0, 1), (4, 39, 1), (4, 40, 2), (4, 150, 4), (16, 150, 7), (64, 900, 8)]
)
def test_as_many_as_are_worth_it(processors: int, revisions: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(processors)), raising=False)
    assert processes_for(revisions) == count


@pytest.mark.parametrize("count", range(1, 40))
@pytest.mark.parametrize("revisions", [1, 2, 3, 20, 150])
def test_shares_are_all_of_it(revisions: int, count: int) -> None:
    names = [f"r{number:03}" for number in range(revisions)]
    found = shares(names, count, 0.4)
    assert [each for share in found for each in share] == names
    assert len(found) == count


@pytest.mark.parametrize("count", range(2, 40))
@pytest.mark.parametrize("revisions", [1, 2, 3, 20, 150])
@pytest.mark.parametrize("times", [1, 7])
def test_who_plays_the_chain_proves_the_less(revisions: int, count: int, times: int) -> None:
    names = [f"r{number:03}" for number in range(revisions)]
    own, player, *others = shares(names, count, 0.15, 0.3 * times * revisions)
    assert [each for share in (player, own, *others) for each in share] == names
    assert len(player) <= max(map(len, (own, *others)))


def test_any_number_says_the_same(chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line(chain, 8)
    chain.add("twice", "r7", "INSERT INTO t0 VALUES (-3), (-4)", "DELETE FROM t0 WHERE id IN (-3, -4)")
    chain.add("fails", "twice", "SELECT no_such_thing()")
    chain.add("behind", "fails", "CREATE TABLE u (id int)", "DROP TABLE u")
    for words in ((), ("--json",), ("--format", "junit")):
        one = proved(tmp_path, monkeypatch, *words, "--jobs", "1")
        assert one[0] == 1
        assert {proved(tmp_path, monkeypatch, *words, "--jobs", str(jobs)) for jobs in (2, 3, 11)} == {one}


def test_a_sound_chain(chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Server) -> None:
    for number in range(6):
        chain.table(f"r{number}", f"r{number - 1}" if number else None)
    one = proved(tmp_path, monkeypatch, "--json", "--jobs", "1")
    assert one[0] == 0
    assert json.loads(one[1])["whole"]
    assert proved(tmp_path, monkeypatch, "--json", "--jobs", "4") == one
    assert working(postgres_server, chain) == []


def test_rows_stop_what_commits_by_itself(chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain.add("made", None, "CREATE TABLE a (id int PRIMARY KEY, name text)", "DROP TABLE a")
    unique = 'with op.get_context().autocommit_block():\n        op.execute("{}")'
    up = unique.format("CREATE UNIQUE INDEX CONCURRENTLY i ON a ((name IS NULL))")
    chain.add("alone", "made", f"pass\n    {up}", f"pass\n    {unique.format('DROP INDEX i')}")
    for number in range(4):
        chain.table(f"r{number}", f"r{number - 1}" if number else "alone")
    one = proved(tmp_path, monkeypatch, "--json", "--jobs", "1")
    assert {each["revision"] for each in json.loads(one[1])["findings"]} == {"alone"}
    assert proved(tmp_path, monkeypatch, "--json", "--jobs", "3") == one


def long_line(chain: Chain) -> str:
    """So many revisions that what they issue is recorded first, some of them with faults; the last one."""
    line(chain, 18)
    chain.add("rows", "r17", "ALTER TABLE t0 ADD n int; INSERT INTO t0 VALUES (-3, 4)", "DELETE FROM t0")
    chain.add("narrow", "rows", "ALTER TABLE t1 ADD CHECK (id IS NULL)", "ALTER TABLE t1 DROP CONSTRAINT t1_id_check")
    chain.add("renamed", "narrow", "ALTER TABLE t2 RENAME TO v2; ALTER TABLE v2 ADD n int", "ALTER TABLE v2 DROP n")
    chain.add("nowhere", "renamed", "CREATE VIEW v AS SELECT 1 AS a", "DROP TABLE nowhere")
    chain.add("other", "nowhere", "CREATE OR REPLACE VIEW v AS SELECT 1 AS a, 2 AS b", "pass")
    chain.add("raises", "other", "CREATE TABLE y (id int)", "raise NotImplementedError('never back')")
    chain.add("sound", "raises", "CREATE TABLE z (id int REFERENCES t3)", "DROP TABLE z")
    return "sound"


def test_a_recorded_chain_is_told_as_one_that_is_run(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Server
) -> None:
    long_line(chain)
    one = proved(tmp_path, monkeypatch, "--json", "--jobs", "1")
    rules = {each["rule"] for each in json.loads(one[1])["findings"]}
    assert rules >= {"left-behind", "rows-lost", "stopped-by-rows", "cannot-go-back", "not-restored"}
    assert proved(tmp_path, monkeypatch, "--json", "--jobs", "3") == one
    forget_proofs()
    again = limbeck("verify", "--json", "--jobs", "4")
    assert (again.status, again.out) == one
    assert working(postgres_server, chain) == []


def test_the_states_before_and_behind_the_last_revision_are_kept(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Server
) -> None:
    """After a proof that plays as after one that runs: with the rows, and nobody is connected."""
    count = 24
    for number in range(count):
        chain.table(f"r{number}", f"r{number - 1}" if number else None)
    outcome = proved(tmp_path, monkeypatch, "--json", "--jobs", "1")
    assert {count - 1, count} <= kept_tables(postgres_server, chain)
    for name in databases(postgres_server, chain):
        postgres_server.drop_database(name)
    forget_proofs()
    again = limbeck("verify", "--json", "--jobs", "1")
    assert (again.status, again.out) == outcome
    assert {count - 1, count} <= kept_tables(postgres_server, chain)


def test_one_plays_the_whole_chain_before_it_proves_its_share(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        chain.table(f"r{number}", f"r{number - 1}" if number else None)
    outcome = proved(tmp_path, monkeypatch, "--json", "--jobs", "3")
    forget_proofs()
    given: list[Task] = []
    give = Workers.give
    monkeypatch.setattr(Workers, "give", lambda workers, task: (given.append(task), give(workers, task)))
    again = limbeck("verify", "--json", "--jobs", "3")
    assert (again.status, again.out) == outcome
    assert [each.parts for each in given] == [(Part.ROUTE, Part.SHARE), (Part.SHARE,)]
    assert given[0].wanted[0] == "r0"


def test_what_makes_rows_is_not_imported_where_it_is_known_what_they_are() -> None:
    seen = "print('limbeck.database.rows.seed' in sys.modules)"
    code = f"import sys, limbeck.verify.chain, limbeck.verify.proof.course; {seen}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def kept_tables(server: Server, chain: Chain) -> set[int]:
    """How many tables there are in each state that is kept, all of which have rows."""
    found: set[int] = set()
    for name in databases(server, chain):
        with psycopg.connect(server.url(name)) as connection:
            tables = connection.execute("SELECT relname FROM pg_class WHERE relname ~ '^r[0-9]+$'").fetchall()
            for (table,) in tables:
                assert connection.execute(f"SELECT FROM {table}".encode()).fetchall()
        found.add(len(tables))
    return found


def test_what_env_py_makes_is_not_left_out(chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_py = chain.folder / "migrations" / "env.py"
    configured = "context.configure(connection=connection)"
    assert configured in env_py.read_text()
    made = 'connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS app"); connection.commit(); '
    env_py.write_text(env_py.read_text().replace(configured, made + configured))
    last_one = long_line(chain)
    chain.add("kept", last_one, "CREATE TABLE app.y (id int); CREATE TYPE app.e AS ENUM ('a')", "DROP TABLE app.y")
    one = proved(tmp_path, monkeypatch, "--json", "--jobs", "1")
    assert "app.e" in one[1]
    assert proved(tmp_path, monkeypatch, "--json", "--jobs", "3") == one
    forget_proofs()
    again = limbeck("verify", "--json", "--jobs", "4")
    assert (again.status, again.out) == one


def test_a_recording_that_is_lost(chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain.add("last", long_line(chain), "import os; os._exit(9)")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    outcome = limbeck("verify", "--jobs", "3")
    assert outcome.status == 70
    assert "ended with status 9\n" in outcome.err


def test_a_process_that_is_lost(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Server
) -> None:
    line(chain, 4)
    chain.add("last", "r3", "import os; os._exit(9)")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    outcome = limbeck("verify", "--jobs", "3")
    assert outcome.status == 70
    assert "limbeck: the process that was to prove last ended with status 9\n" in outcome.err
    assert "hint: limbeck verify --jobs 1 last" in outcome.err
    assert working(postgres_server, chain) == []


def test_the_process_that_renders_is_lost(chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line(chain, 4)
    code = "import os\n    from alembic import context\n    context.is_offline_mode() and os._exit(9)"
    chain.add("last", "r3", f"pass\n    {code}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    outcome = limbeck("verify", "--jobs", "2")
    assert outcome.status == 70
    assert "limbeck: the process that was to render the chain as SQL ended with status 9\n" in outcome.err


def test_an_env_py_that_fails(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Server
) -> None:
    line(chain, 4)
    (chain.folder / "migrations" / "env.py").write_text("raise ValueError('no')\n")
    one = proved(tmp_path, monkeypatch, "--json", "--jobs", "1")
    assert {each["rule"] for each in json.loads(one[1])["findings"]} == {"not-proved"}
    assert proved(tmp_path, monkeypatch, "--json", "--jobs", "3") == one
    assert working(postgres_server, chain) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing(
    chain: Chain, tmp_path: Path, postgres_server: Server, number: signal.Signals
) -> None:
    line(chain, 3)
    here, never = tmp_path / "here", tmp_path / "never"
    os.mkfifo(never)
    chain.add("waits", "r2", f"pass\n    open({str(here)!r}, 'w').close()\n    open({str(never)!r}).read()")
    process = subprocess.Popen(
        [sys.executable, "-m", "limbeck", "verify", "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + DEADLINE
    while not here.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
    assert working(postgres_server, chain)
    process.send_signal(number)
    out, err = process.communicate(timeout=DEADLINE)  # which ends when no process holds its streams any more
    # Where the signal came while Python executed a string, as it does to make a dataclass, Python ends by it at last,
    # which shells tell as 130, too.
    assert process.returncode in (130, -signal.SIGINT), err
    assert out == ""
    assert "limbeck: interrupted" in err
    assert "Error" not in err
    assert working(postgres_server, chain) == []


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_no_number_of_processes(chain: Chain, number: str) -> None:
    chain.table("only", None)
    outcome = limbeck("verify", "--jobs", number)
    assert outcome.status == 2
    assert "argument --jobs: invalid number value" in outcome.err

"""`--no-rows` proves the schema alone; what the chain itself writes is compared all the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from limbeck.scratch import Server
from tests.cli.command import limbeck
from tests.cli.projects import write_project, write_revision
from tests.verify.test_chain import Chain

LOSES = ("ALTER TABLE a DROP COLUMN name", "ALTER TABLE a ADD COLUMN name text")
WRITES = (
    "INSERT INTO a VALUES (-3, 'x'); ALTER TABLE a ADD n int",
    "ALTER TABLE a DROP n; DELETE FROM a WHERE id = -3",
)


@pytest.fixture
def chain(tmp_path: Path, postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> Chain:
    chain = Chain(tmp_path / "project", postgres_server)
    monkeypatch.chdir(chain.folder)
    monkeypatch.setenv("LIMBECK_SCRATCH", postgres_server.url())
    chain.add("made", None, "CREATE TABLE a (id int PRIMARY KEY, name text)", "DROP TABLE a")
    return chain


def found(*words: str) -> tuple[set[tuple[str, str]], dict[str, Any]]:
    """Checks with their revisions, and the document."""
    document = json.loads(limbeck("verify", "--json", *words).out)
    return {(each["rule"], each["revision"]) for each in document["findings"]}, document


def test_made_up_rows_are_left_out(chain: Chain) -> None:
    chain.add("loses", "made", *LOSES)
    without, document = found("--no-rows")
    assert (without, document["rows"], len(document["whole"])) == (set(), False, 2)
    told, document = found()
    assert (told, document["rows"]) == ({("rows-lost", "loses")}, True)
    # What is known with rows is more than what is asked without.
    assert found("--no-rows")[0] == told
    assert "without rows" in limbeck("verify", "--no-rows").out


def test_the_schema_is_proved(chain: Chain) -> None:
    chain.add("leaves", "made", "CREATE TYPE e AS ENUM ('a'); ALTER TABLE a ADD e e", "ALTER TABLE a DROP e")
    chain.add("stops", "leaves", "CREATE TABLE b (id int)", "DROP TABLE c")
    assert found("--no-rows")[0] == found()[0] == {("left-behind", "leaves"), ("cannot-go-back", "stops")}


def test_rows_of_the_chain_itself(chain: Chain) -> None:
    chain.add("writes", "made", *WRITES)
    chain.add("loses", "writes", *LOSES)
    assert found("--no-rows")[0] == {("rows-changed", "loses")}


def test_a_long_chain_is_told_alike_by_any_number_of_processes(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        below = f"r{number - 1}" if number else "made"
        chain.add(f"r{number}", below, f"CREATE TABLE t{number} (id int)", f"DROP TABLE t{number}")
    chain.add("writes", "r19", *WRITES)
    chain.add("loses", "writes", *LOSES)
    chain.add("leaves", "loses", "CREATE VIEW v AS SELECT 1 AS a; ALTER TABLE a ADD m int", "ALTER TABLE a DROP m")
    outcomes = []
    for jobs in ("1", "3", "4"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / jobs))
        outcomes.append(found("--no-rows", "--jobs", jobs))
    for kept in (tmp_path / "4").glob("**/*.proofs"):
        kept.unlink()
    outcomes.append(found("--no-rows", "--jobs", "4"))
    assert [each for each in outcomes if each != outcomes[0]] == []
    assert outcomes[0][0] == {("rows-changed", "loses"), ("left-behind", "leaves")}
    # What is recorded without rows says nothing of the rows that tables are given.
    assert found("--jobs", "4")[0] == {("rows-lost", "loses"), ("left-behind", "leaves")}


def test_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_project(tmp_path / "project", f"sqlite:///{tmp_path / 'own.db'}")
    monkeypatch.chdir(folder)
    for name, below, up, down in (
        ("made", None, "CREATE TABLE a (id int PRIMARY KEY, name text)", "DROP TABLE a"),
        ("loses", "made", *LOSES),
    ):
        write_revision(folder, name, below, name, up=f"op.execute({up!r})", down_code=f"op.execute({down!r})")
    assert found("--no-rows")[0] == set()
    assert found()[0] == {("rows-lost", "loses")}

"""The databases of a team side by side, of which one was repaired by hand."""

from __future__ import annotations

import pytest

from tests.cli.command import limbeck
from tests.conftest import MakeDatabase
from tests.verify.schema.projects import SchemaProject, execute


@pytest.fixture
def team(project: SchemaProject, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Three databases of one chain, all at its head; names are in the settings."""
    project.revision("aaa111", None, "CREATE TABLE users (id integer PRIMARY KEY, name text)")
    project.revision("bbb222", "aaa111", "CREATE INDEX by_name ON users (name)")
    urls = (project.url, make_database(), make_database())
    for name, url in zip(("TESTING", "STAGING", "PRODUCTION"), urls, strict=True):
        monkeypatch.setenv(name, url)
        assert limbeck("upgrade", "--url", url, "-q").status == 0
    project.settings("databases = testing=env:TESTING, staging=env:STAGING, production=env:PRODUCTION")
    return urls


def test_all_the_same(team: tuple[str, ...]) -> None:
    outcome = limbeck("compare")
    assert outcome.status == 0
    assert outcome.out.splitlines() == [
        "            revision          pending  schema",
        "testing     bbb222 (#2 of 2)  0        what the others are compared with",
        "staging     bbb222 (#2 of 2)  0        as testing",
        "production  bbb222 (#2 of 2)  0        as testing",
    ]


def test_the_one_that_was_repaired_by_hand(team: tuple[str, ...]) -> None:
    execute(team[0], "ALTER TABLE users ALTER name SET NOT NULL")
    outcome = limbeck("compare", "testing", "staging", "production")
    assert outcome.status == 1
    assert outcome.out.splitlines() == [
        "            revision          pending  schema",
        "testing     bbb222 (#2 of 2)  0        1 difference",
        "staging     bbb222 (#2 of 2)  0        what the others are compared with",
        "production  bbb222 (#2 of 2)  0        as staging",
        "",
        "testing:",
        "  column name of public.users: nullable is no in testing, yes in staging",
        "    | ALTER TABLE users ALTER COLUMN name DROP NOT NULL;",
    ]


def test_one_that_is_behind_and_one_that_no_file_knows(team: tuple[str, ...]) -> None:
    limbeck("downgrade", "aaa111", "--url", team[1], "-q", "--yes")
    execute(team[1], "DROP INDEX by_name")
    execute(team[2], "UPDATE alembic_version SET version_num = 'zzz999'")
    outcome = limbeck("compare", "--json")
    assert outcome.status == 1
    told = {each["name"]: each for each in outcome.document["databases"]}
    assert [(each["pending"], each["unknown"]) for each in told.values()] == [(0, []), (1, []), (None, ["zzz999"])]
    assert [each["sentence"] for each in told["staging"]["differences"]] == [
        "index by_name of public.users is in testing, and not in staging"
    ]
    assert "no file has it" in limbeck("compare").out


def test_addresses_and_passwords(team: tuple[str, ...]) -> None:
    secret = team[1].replace("postgres@", "postgres:hunter2@")
    outcome = limbeck("compare", "env:TESTING", secret, f"third={secret}")
    assert outcome.status == 0
    assert "hunter2" not in outcome.out + outcome.err
    assert outcome.out.splitlines()[1].startswith("TESTING ")
    assert outcome.out.splitlines()[3].startswith("third ")


@pytest.mark.parametrize("words", [(), ("env:TESTING",), ("env:TESTING", "nowhere"), ("env:TESTING", "env:NOWHERE")])
def test_what_cannot_be_compared(
    project: SchemaProject, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TESTING", project.url)
    assert limbeck("compare", *words).status == 2


def test_nothing_to_compare(project: SchemaProject) -> None:
    outcome = limbeck("compare")
    assert (outcome.status, outcome.err.splitlines()[0]) == (
        2,
        "limbeck: no database to compare, and two are wanted",
    )


@pytest.mark.parametrize("word", ["app:hunter2@db/app", "one=app:hunter2@db/app"])
def test_an_address_without_its_beginning_keeps_its_password(project: SchemaProject, word: str) -> None:
    outcome = limbeck("compare", word, "sqlite:///app.db")
    assert outcome.status == 2
    assert "hunter2" not in outcome.out + outcome.err


def test_one_that_does_not_answer(team: tuple[str, ...]) -> None:
    outcome = limbeck("compare", "testing", "gone=postgresql+psycopg://postgres:hunter2@localhost:1/none")
    assert outcome.status == 4
    assert "gone: " in outcome.err
    assert "hunter2" not in outcome.err

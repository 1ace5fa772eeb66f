"""The gateway's chain by limbeck: the same system as by plain Alembic, and plain Alembic still works on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.scratch import Server
from tests.cli.command import Outcome, limbeck

from .conftest import At, State
from .harness import Gateway
from .rows import ADDED
from .specification import GATEWAY, HEAD, REVISIONS

DEVELOPMENT = "fix_enum_name_2025"


@pytest.fixture(autouse=True)
def _in_the_gateways_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(GATEWAY)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture
def gateway(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return Gateway(database_url)


def ran(outcome: Outcome) -> list[str]:
    assert outcome.status == 0, outcome.err
    return [step["revision"] for step in outcome.document["applied"]]


def test_reading() -> None:
    document = limbeck("history", "--json").document
    assert [revision["id"] for revision in document["revisions"]] == list(REVISIONS)
    assert [revision["position"] for revision in document["revisions"]] == list(range(1, 16))
    assert (document["heads"], document["bases"], document["faults"]) == ([HEAD], [REVISIONS[0]], [])
    assert limbeck("heads", "--json").document["heads"] == [HEAD]
    assert limbeck("branches").out == "no branches: 15 revisions in one line\n"
    for number, revision in enumerate(REVISIONS, 1):
        (shown,) = limbeck("show", revision, "--json").document["revisions"]
        assert (shown["id"], shown["position"]) == (revision, number)


def test_up_down_up_with_rows_in_every_table(gateway: Gateway) -> None:
    assert ran(limbeck("upgrade", "--json")) == list(REVISIONS)
    empty = State.of(gateway)
    assert ran(limbeck("downgrade", "base", "--yes", "--json")) == list(REVISIONS)[::-1]
    for revision in REVISIONS:
        assert ran(limbeck("upgrade", revision, "--json")) == [revision]
        gateway.execute(ADDED[revision])
    full = State.of(gateway)
    assert full.catalogue == empty.catalogue
    down_to = REVISIONS[8]  # no downgrade of that one, while there are users
    assert ran(limbeck("downgrade", down_to, "--yes", "--json")) == list(REVISIONS)[:8:-1]
    assert ran(limbeck("upgrade", "head", "--json")) == list(REVISIONS)[9:]
    assert State.of(gateway).catalogue == full.catalogue
    assert gateway.alembic("current").out.split()[0] == HEAD
    gateway.check()


def test_the_story_of_the_development_database(gateway: Gateway) -> None:
    assert gateway.alembic("upgrade", DEVELOPMENT).code == 0
    current = limbeck("current", "--json").document
    assert (current["current"], current["next"], current["pending"], current["unknown"]) == (
        [DEVELOPMENT],
        [HEAD],
        1,
        [],
    )
    shown = limbeck("history").out.splitlines()
    assert shown[13].startswith("* o  #14 of 15  fix_enum_name_2025")
    assert shown[14].startswith("> o  #15 of 15  social_login_prep_2025")
    assert shown[14].endswith("<- next")
    (step,) = limbeck("plan", "--json").document["steps"]
    assert step["revision"] == HEAD
    assert [statement["sql"] for statement in step["statements"]] == [
        "ALTER TABLE users ALTER COLUMN email DROP NOT NULL;",
        "ALTER TABLE users ALTER COLUMN name DROP NOT NULL;",
        "ALTER TABLE users DROP CONSTRAINT uq_users_email;",
        "CREATE INDEX ix_users_email ON users (email);",
    ]
    assert ran(limbeck("upgrade", "--json")) == [HEAD]
    assert gateway.versions() == (HEAD,)


def test_every_revision_is_planned_without_a_database(gateway: Gateway) -> None:
    for words in (("plan",), ("plan", "--downgrade", "base")):
        steps = limbeck(*words, "--json").document["steps"]
        assert len(steps) == 15
        assert all(step["unrendered"] is None and step["statements"] for step in steps)
        assert all(s["path"].endswith(".py") and s["line"] for step in steps for s in step["statements"])
        assert limbeck("upgrade", "-q").status == 0


@pytest.mark.parametrize(
    ("obstacle", "refusal"),
    [
        ("UPDATE users SET email = NULL", "social_login_prep_2025: 3 in users where email IS NULL"),
        (
            r"UPDATE api_keys SET encrypted_key = '\x00ff', encryption_version = 1",
            "add_encrypted_api_keys: 3 in api_keys",
        ),
        ("SELECT 1", "6f8a4e1b9d43: 3 in users where true"),
    ],
)
def test_what_is_destroyed_is_refused_before_the_first_step(
    at: At, monkeypatch: pytest.MonkeyPatch, obstacle: str, refusal: str
) -> None:
    gateway = at(HEAD)
    monkeypatch.setenv("DATABASE_URL", gateway.url)
    gateway.execute(obstacle)
    before = State.of(gateway)
    refused = limbeck("downgrade", "base")
    assert refused.status == 2
    assert refusal in refused.err
    assert State.of(gateway) == before
    assert gateway.versions() == (HEAD,)


def test_its_chain_document_is_up_to_date() -> None:
    checked = limbeck("doc", "MIGRATIONS.md", "--check")
    assert checked.status == 0, checked.out + checked.err


def test_sql_of_the_whole_chain() -> None:
    up = limbeck("upgrade", "--sql")
    assert up.status == 0, up.err
    assert up.out.count("-- Running upgrade") == 15
    down = limbeck("downgrade", "head:base", "--sql")
    assert down.out.count("-- Running downgrade") == 15


def test_without_an_address_the_embedded_server_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    refused = limbeck("current")
    assert refused.status == 2
    assert "DATABASE_URL" in refused.err
    assert "--embedded" in refused.err


def test_every_way_back_is_proved(postgres_server: Server) -> None:
    """Up, down and up with rows, the whole chain, and the SQL of `--sql`."""
    outcome = limbeck("verify", "--json", "--scratch", postgres_server.url())
    assert outcome.status == 0, outcome.out + outcome.err
    assert outcome.document["findings"] == []
    assert outcome.document["revisions"] == list(REVISIONS)
    assert outcome.document["whole"] == ["base to head, back to base, to head again", "the SQL of --sql, executed"]

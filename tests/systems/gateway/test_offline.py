"""`--sql` over the whole chain, up and down, without a database; and what a server makes of that SQL."""

from __future__ import annotations

import re

import pytest

from .conftest import Story
from .harness import Gateway, Outcome, offline_sql, run
from .specification import HEAD, REVISIONS


@pytest.fixture(scope="module")
def up() -> Outcome:
    return run("-m", "alembic", "upgrade", "head", "--sql", url=None)


@pytest.fixture(scope="module")
def down() -> Outcome:
    return run("-m", "alembic", "downgrade", "head:base", "--sql", url=None)


def test_up_and_down_need_no_database(up: Outcome, down: Outcome) -> None:
    assert (up.code, down.code) == (0, 0)
    assert len(re.findall(r"^-- Running upgrade ", up.out, re.MULTILINE)) == len(REVISIONS)
    assert len(re.findall(r"^-- Running downgrade ", down.out, re.MULTILINE)) == len(REVISIONS)
    # Neither a parameter left open nor a percent sign doubled for a driver.
    assert not re.search(r"%\(|%%|(?<![:\w]):[a-z]", re.sub(r"'[^']*'", "''", up.out + down.out))


def test_the_server_makes_the_same_of_it(gateway: Gateway, story: Story, up: Outcome, down: Outcome) -> None:
    gateway.execute(up.out)
    assert gateway.versions() == (HEAD,)
    assert gateway.catalogue() == story[HEAD].up.catalogue
    assert gateway.positions() == story[HEAD].up.positions
    gateway.execute(down.out)
    assert not any(gateway.catalogue().values())
    # The SQL from base makes Alembic's own table, which some versions of Alembic leave behind at base.
    gateway.execute("DROP TABLE IF EXISTS alembic_version")
    gateway.execute(up.out)
    assert gateway.catalogue() == story[HEAD].up.catalogue


def test_a_database_may_change_from_one_way_to_the_other(gateway: Gateway, story: Story) -> None:
    middle = "add_chat_tables"
    gateway.execute(offline_sql("upgrade", middle))
    gateway.upgrade("head")
    assert gateway.catalogue() == story[HEAD].up.catalogue
    gateway.execute(offline_sql("downgrade", f"{HEAD}:{middle}"))
    assert gateway.catalogue() == story[middle].up.catalogue


def test_the_server_decides_only_where_the_live_state_matters(up: Outcome, down: Outcome) -> None:
    def deciding(sql: str) -> list[str]:
        steps = re.split(r"^-- Running \w+ (\S*) ?-> (\S*)$", sql, flags=re.MULTILINE)[1:]
        return [f"{steps[at]}->{steps[at + 1]}" for at in range(0, len(steps), 3) if "DO $$" in steps[at + 2]]

    assert deciding(up.out) == ["add_encrypted_api_keys->fix_enum_name_2025"]
    assert deciding(down.out) == [
        "social_login_prep_2025->fix_enum_name_2025",
        "add_encrypted_api_keys->add_is_default_api_keys",
        "6f8a4e1b9d43->5f7a3e1b8d42",
        "fix_session_constraints->7c29c35fc9bc",
    ]

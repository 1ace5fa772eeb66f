"""Every downgrade is the inverse of its upgrade, to the last name in the catalogue and the last byte of a row."""

from __future__ import annotations

import pytest

from .catalogue import shared
from .conftest import At, Story
from .harness import Gateway
from .rows import KEY, SESSION, USER, uuid
from .specification import HEAD, REVISIONS, parent

COGNITO = "6f8a4e1b9d43"
BEFORE_COGNITO = parent(COGNITO)
REVERSIBLE = [revision for revision in REVISIONS if revision != COGNITO]


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_upgrade_changes_the_schema(story: Story, revision: str) -> None:
    assert story[revision].up.catalogue != story[revision].before.catalogue


@pytest.mark.parametrize("revision", REVERSIBLE)
def test_down_is_the_inverse_of_up(story: Story, revision: str) -> None:
    step = story[revision]
    assert step.refusal is None
    assert step.down == step.before


@pytest.mark.parametrize("revision", REVERSIBLE)
def test_up_again_gives_the_same(story: Story, revision: str) -> None:
    step = story[revision]
    assert step.up_again.catalogue == step.up.catalogue
    assert step.up_again.positions == step.up.positions
    # What a revision brings may hold the moment it was run at; all that was there before is the same.
    assert shared(step.up_again.rows, step.before.rows) == shared(step.up.rows, step.before.rows)


@pytest.mark.parametrize("revision", REVISIONS)
def test_rows_survive_the_upgrade(story: Story, revision: str) -> None:
    before, up = story[revision].before.rows, story[revision].up.rows
    assert shared(before, up) == shared(up, before)


@pytest.mark.parametrize("revision", REVISIONS)
def test_there_are_rows_in_every_table(story: Story, revision: str) -> None:
    assert all(story[revision].populated.rows.values())


def test_the_rows_try_every_column(story: Story) -> None:
    """Otherwise the tests above would say nothing of a column: no value in it, or a flag that is always up."""
    seen: dict[str, set[str]] = {}
    for step in story.values():
        for table, rows in step.populated.rows.items():
            for row in rows:
                for column, value in row.items():
                    seen.setdefault(f"{table}.{column}", set()).add(str(value))
    empty = {column for column, values in seen.items() if values == {"None"}}
    one_sided = {column for column, values in seen.items() if values in ({"True"}, {"False"})}
    # Ciphertext is in the way of going back: test_refusals.py writes it.
    assert empty == {"api_keys.encrypted_key", "api_keys.encryption_version"}
    assert one_sided == set()


def test_cognito_goes_back_when_there_are_no_users(story: Story, at: At) -> None:
    gateway = at(BEFORE_COGNITO)
    gateway.execute("DELETE FROM users")
    gateway.upgrade(COGNITO)
    gateway.downgrade(BEFORE_COGNITO)
    assert gateway.catalogue() == story[COGNITO].before.catalogue
    # A column that was dropped comes back as the last one: the one place in the chain where the order changes.
    positions = gateway.positions()
    assert positions["users"] != story[COGNITO].before.positions["users"]
    assert {table: sorted(names) for table, names in positions.items()} == {
        table: sorted(names) for table, names in story[COGNITO].before.positions.items()
    }
    gateway.upgrade(COGNITO)
    assert gateway.catalogue() == story[COGNITO].up.catalogue


@pytest.mark.parametrize(("start", "end"), [(HEAD, COGNITO), (BEFORE_COGNITO, REVISIONS[0])])
def test_rows_survive_the_way_down_and_up_again(at: At, story: Story, start: str, end: str) -> None:
    gateway = at(start)
    route = REVISIONS[REVISIONS.index(end) : REVISIONS.index(start)]
    rows = gateway.rows()
    for revision in reversed(route):
        gateway.downgrade(revision)
        assert gateway.catalogue() == story[revision].up.catalogue
        above, rows = rows, gateway.rows()
        assert shared(rows, above) == shared(above, rows)
        assert set(rows) - set(above) <= {"user_sessions"}
    gateway.upgrade(start)
    assert gateway.catalogue() == story[start].up.catalogue
    assert shared(gateway.rows(), rows) == shared(rows, gateway.rows())


def test_down_to_nothing_and_up_again(gateway: Gateway, story: Story) -> None:
    gateway.upgrade(HEAD)
    assert gateway.catalogue() == story[HEAD].up.catalogue
    gateway.downgrade("base")
    assert not any(gateway.catalogue().values()), "a type, a sequence or a table was left behind"
    assert gateway.versions() == ()
    gateway.upgrade(HEAD)
    assert gateway.catalogue() == story[HEAD].up.catalogue


def test_sessions_take_the_rows_of_user_sessions_and_give_them_back(story: Story, at: At) -> None:
    before, up = story["881e615d25ac"].before.rows, story["881e615d25ac"].up.rows
    assert "user_sessions" not in up
    assert len(before["user_sessions"]) == 2
    kept = [{name: value for name, value in row.items() if name != "user_id"} for row in before["user_sessions"]]
    assert list(up["sessions"]) == kept

    gateway = at("881e615d25ac")
    sessions = gateway.rows()["sessions"]
    gateway.downgrade(parent("881e615d25ac"))
    rows = gateway.rows()
    assert "sessions" not in rows
    assert [{k: v for k, v in row.items() if k != "user_id"} for row in rows["user_sessions"]] == list(sessions)
    # The user of a session that was begun in `sessions` is the one its key belongs to.
    assert {row["id"]: row["user_id"] for row in rows["user_sessions"]} == {
        uuid(SESSION, 1): uuid(USER, 1),
        uuid(SESSION, 2): uuid(USER, 1),
        uuid(SESSION, 3): uuid(USER, 2),
    }
    gateway.upgrade("881e615d25ac")
    assert gateway.rows()["sessions"] == sessions


def test_cognito_gives_the_users_there_are_a_placeholder(story: Story) -> None:
    users = story[COGNITO].up.rows["users"]
    assert {row["cognito_user_id"] for row in users} == {f"legacy:{uuid(USER, number)}" for number in (1, 2, 3)}
    assert all("hashed_password" not in row for row in users)


def test_roles_survive_becoming_an_enum(story: Story) -> None:
    step = story["add_message_role_enum"]
    assert [row["role"] for row in step.before.rows["messages"]] == ["system", "user", "assistant"]
    assert [row["role"] for row in step.up.rows["messages"]] == ["system", "user", "assistant"]


def test_keys_that_exist_are_neither_default_nor_encrypted(story: Story) -> None:
    assert not any(row["is_default"] for row in story["add_is_default_api_keys"].up.rows["api_keys"])
    keys = story["add_encrypted_api_keys"].up.rows["api_keys"]
    assert {(row["encrypted_key"], row["encryption_version"]) for row in keys} == {(None, None)}
    assert uuid(KEY, 1) in {row["id"] for row in keys}

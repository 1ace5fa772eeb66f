"""What cannot be undone is declared in the file, and refused with a count before anything is changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import DatabaseError

from .conftest import At, State, Story
from .harness import Gateway, offline_sql
from .rows import KEY, LATER, SESSION, USER, uuid
from .specification import HEAD, REVISIONS, VERSIONS, parent

DECLARATION = re.compile(
    r"^# limbeck: irreversible\[(?P<table>\w+): (?P<condition>.+)\] (?P<reason>\w.*)$", re.MULTILINE
)
SEVERAL_SESSIONS = f"""
    INSERT INTO {{table}} (id, api_key_id, is_active, expires_at{{owner}})
    VALUES ('{uuid(SESSION, 7)}', '{uuid(KEY, 1)}', false, '{LATER}'{{owner_value}})
"""


@dataclass(frozen=True, slots=True)
class Case:
    """Rows that are in the way of undoing a revision: how they come, how many they are, how they go."""

    revision: str
    obstacle: str
    counts: tuple[int, ...]  # one for each declared condition, in the order of the file
    message: str
    cure: str


CASES = {
    "several sessions": Case(
        "fix_session_constraints",
        SEVERAL_SESSIONS.format(table="user_sessions", owner=", user_id", owner_value=f", '{uuid(USER, 1)}'"),
        (2, 0),
        "cannot downgrade fix_session_constraints: API keys with several sessions: 1",
        f"DELETE FROM user_sessions WHERE id = '{uuid(SESSION, 7)}'",
    ),
    "users": Case(
        "6f8a4e1b9d43",
        "",
        (3,),
        "cannot downgrade 6f8a4e1b9d43: users whose password hash is gone: 3",
        "DELETE FROM users",
    ),
    "ciphertext": Case(
        "add_encrypted_api_keys",
        rf"UPDATE api_keys SET encrypted_key = '\x00ff', encryption_version = 1 WHERE id <> '{uuid(KEY, 3)}'",
        (2,),
        "cannot downgrade add_encrypted_api_keys: API keys stored encrypted: 2",
        "UPDATE api_keys SET encrypted_key = NULL, encryption_version = NULL",
    ),
    "no email": Case(
        "social_login_prep_2025",
        f"UPDATE users SET email = NULL WHERE id <> '{uuid(USER, 1)}'",
        (2, 0, 0),
        "cannot downgrade social_login_prep_2025: users without a name or an email of their own: 2",
        "UPDATE users SET email = id || '@example.net' WHERE email IS NULL",
    ),
    "an email at two providers": Case(
        "social_login_prep_2025",
        f"UPDATE users SET email = 'ada@example.com' WHERE id = '{uuid(USER, 3)}'",
        (0, 2, 0),
        "cannot downgrade social_login_prep_2025: users without a name or an email of their own: 2",
        f"UPDATE users SET email = 'other@example.com' WHERE id = '{uuid(USER, 3)}'",
    ),
    "no name": Case(
        "social_login_prep_2025",
        f"UPDATE users SET name = NULL WHERE id = '{uuid(USER, 2)}'",
        (0, 0, 1),
        "cannot downgrade social_login_prep_2025: users without a name or an email of their own: 1",
        "UPDATE users SET name = '' WHERE name IS NULL",
    ),
    "all of these": Case(
        "social_login_prep_2025",
        f"""
            UPDATE users SET email = NULL, name = NULL WHERE id = '{uuid(USER, 1)}';
            UPDATE users SET email = 'same@example.com' WHERE id <> '{uuid(USER, 1)}';
        """,
        (1, 2, 1),
        "cannot downgrade social_login_prep_2025: users without a name or an email of their own: 3",
        "UPDATE users SET email = id || '@example.net', name = coalesce(name, '')",
    ),
}
DECLARED = {"fix_session_constraints": 2, "6f8a4e1b9d43": 1, "add_encrypted_api_keys": 1, "social_login_prep_2025": 3}


def declarations(revision: str) -> list[tuple[str, str]]:
    """The table and the condition of each declaration in the file of a revision."""
    (text,) = [
        text for text in map(Path.read_text, VERSIONS.glob("*.py")) if f'\nrevision: str = "{revision}"\n' in text
    ]
    return [(found["table"], found["condition"]) for found in DECLARATION.finditer(text)]


def count(gateway: Gateway, revision: str) -> tuple[int, ...]:
    """The rows in the way by each of a revision's declarations, as limbeck counts them: none where the table is not."""
    return tuple(
        gateway.value(f"SELECT count(*) FROM {table} WHERE {condition}")
        if gateway.value(f"SELECT to_regclass('{table}')::text")
        else 0
        for table, condition in declarations(revision)
    )


def test_what_is_irreversible_is_declared_and_nothing_else() -> None:
    found = {revision: len(declarations(revision)) for revision in REVISIONS if declarations(revision)}
    assert found == DECLARED
    lines = [line for path in VERSIONS.glob("*.py") for line in path.read_text().splitlines() if "limbeck:" in line]
    assert all(DECLARATION.fullmatch(line) for line in lines)
    assert len(lines) == sum(DECLARED.values())


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_refused_with_a_count_and_nothing_changed(at: At, case: Case) -> None:
    gateway = at(case.revision)
    if case.obstacle:
        gateway.execute(case.obstacle)
    assert count(gateway, case.revision) == case.counts
    before = State.of(gateway)

    with pytest.raises(DatabaseError) as online:
        gateway.downgrade(parent(case.revision))
    with pytest.raises(psycopg.Error) as offline:
        gateway.execute(offline_sql("downgrade", f"{case.revision}:{parent(case.revision)}"))
    for refusal in (online.value.orig, offline.value):
        assert isinstance(refusal, psycopg.Error)
        assert refusal.sqlstate == "IR001"
        assert refusal.diag.message_primary == case.message
        assert refusal.diag.message_hint
        assert refusal.diag.table_name == declarations(case.revision)[0][0]
    assert State.of(gateway) == before
    assert gateway.versions() == (case.revision,)

    gateway.execute(case.cure)
    assert set(count(gateway, case.revision)) == {0}
    gateway.downgrade(parent(case.revision))
    assert gateway.versions() == (parent(case.revision),)


@pytest.mark.parametrize("revision", DECLARED)
def test_the_refusal_comes_before_any_change(revision: str) -> None:
    sql = offline_sql("downgrade", f"{revision}:{parent(revision)}")
    first = re.split(r"-- Running downgrade .*\n\n", sql)[1]
    assert first.startswith("DO $$\n")
    assert first.index("RAISE EXCEPTION") < first.index("ALTER TABLE" if "ALTER TABLE" in first else "DROP INDEX")


def test_the_detail_says_what_is_wrong_with_the_users(at: At) -> None:
    gateway = at(HEAD)
    gateway.execute(CASES["all of these"].obstacle)
    with pytest.raises(DatabaseError) as refused:
        gateway.downgrade("-1")
    assert isinstance(refused.value.orig, psycopg.Error)
    detail = refused.value.orig.diag.message_detail
    assert detail == "without an email: 1, sharing an email: 2, without a name: 1"


@pytest.mark.parametrize("revision", DECLARED)
def test_conditions_are_valid_from_their_revision_to_the_head(looking_at: At, revision: str) -> None:
    expected = {"6f8a4e1b9d43": (3,)}.get(revision, (0,) * DECLARED[revision])
    for later in REVISIONS[REVISIONS.index(revision) :]:
        assert count(looking_at(later), revision) == expected


@pytest.mark.parametrize("later", REVISIONS[REVISIONS.index("881e615d25ac") :])
def test_several_sessions_are_seen_in_the_table_that_came_after(at: At, later: str) -> None:
    gateway = at(later)
    gateway.execute(SEVERAL_SESSIONS.format(table="sessions", owner="", owner_value=""))
    assert count(gateway, "fix_session_constraints") == (0, 2)


def test_a_downgrade_over_many_revisions_is_all_or_nothing(at: At) -> None:
    gateway = at(HEAD)
    before = State.of(gateway)
    downgraded = gateway.alembic("downgrade", "base")
    assert downgraded.code != 0
    assert "users whose password hash is gone: 3" in downgraded.err
    assert State.of(gateway) == before
    assert gateway.versions() == (HEAD,)


def test_only_undoing_cognito_is_in_the_way_of_an_upgraded_database(story: Story) -> None:
    refused = {revision for revision, step in story.items() if step.refusal is not None}
    assert refused == {"6f8a4e1b9d43"}
    step = story["6f8a4e1b9d43"]
    assert step.down == step.up == step.up_again

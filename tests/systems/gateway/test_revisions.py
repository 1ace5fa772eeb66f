"""What each revision does, as somebody who writes rows meets it: before it, and from it on."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from .catalogue import read_rows
from .conftest import Connection, Story, Trying
from .rows import CHAT, KEY, LATER, MESSAGE, SESSION, USER, uuid
from .specification import HEAD, REVISIONS, parent


def refused(connection: Connection, sql: str, kind: type[psycopg.Error]) -> str | None:
    """The constraint that refuses this."""
    with pytest.raises(kind) as refusal, connection.transaction():
        connection.execute(sql)
    return refusal.value.diag.constraint_name


def tables(story: Story, revision: str) -> set[str]:
    return set(story[revision].up.rows)


def columns(story: Story, revision: str, table: str) -> set[str]:
    return set(story[revision].up.positions[table])


def test_tables_of_each_revision(story: Story) -> None:
    first = {"users", "api_keys", "user_private_keys"}
    assert tables(story, "d4ae65008d6d") == first
    assert tables(story, "3ec3925c8904") == first
    assert tables(story, "7c29c35fc9bc") == first | {"user_sessions"}
    assert tables(story, "d00825f2a89a") == first | {"user_sessions", "delegations"}
    assert tables(story, "881e615d25ac") == first | {"sessions", "delegations"}
    assert tables(story, HEAD) == first | {"sessions", "delegations", "chats", "messages"}


@pytest.mark.parametrize(
    ("revision", "table", "added", "gone"),
    [
        ("69491a79cfd0", "users", {"is_active"}, set()),
        ("3ec3925c8904", "api_keys", {"name"}, set()),
        ("5f7a3e1b8d42", "users", {"updated_at"}, set()),
        ("6f8a4e1b9d43", "users", {"cognito_user_id"}, {"hashed_password"}),
        ("add_is_default_api_keys", "api_keys", {"is_default"}, set()),
        ("add_encrypted_api_keys", "api_keys", {"encrypted_key", "encryption_version"}, set()),
    ],
)
def test_columns_of_each_revision(story: Story, revision: str, table: str, added: set[str], gone: set[str]) -> None:
    before, after = columns(story, parent(revision), table), columns(story, revision, table)
    assert (after - before, before - after) == (added, gone)


def session(number: int, key: int, active: bool, revision: str) -> str:
    table, owner, owner_value = "sessions", "", ""
    if REVISIONS.index(revision) < REVISIONS.index("881e615d25ac"):
        user = 1 if key < 3 else 2
        table, owner, owner_value = "user_sessions", ", user_id", f", '{uuid(USER, user)}'"
    return (
        f"INSERT INTO {table} (id, api_key_id, is_active, expires_at{owner}) "
        f"VALUES ('{uuid(SESSION, number)}', '{uuid(KEY, key)}', {active}, '{LATER}'{owner_value})"
    )


def test_one_session_per_api_key_at_first(trying: Trying) -> None:
    second = session(9, 2, False, "7c29c35fc9bc")
    assert refused(trying("7c29c35fc9bc"), second, errors.UniqueViolation) == "uq_user_sessions_api_key_id"


def test_a_session_of_another_users_key_is_refused(trying: Trying) -> None:
    """What makes it safe to leave the user out of `sessions`."""
    stolen = f"UPDATE user_sessions SET user_id = '{uuid(USER, 2)}'"
    constraint = refused(trying("7c29c35fc9bc"), stolen, errors.ForeignKeyViolation)
    assert constraint == "fk_user_sessions_api_key_id_user_id_api_keys"


@pytest.mark.parametrize("revision", REVISIONS[REVISIONS.index("fix_session_constraints") :])
def test_then_one_active_session_per_api_key(trying: Trying, revision: str) -> None:
    connection = trying(revision)
    connection.execute(session(7, 1, False, revision))
    connection.execute(session(8, 1, False, revision))
    table = "user_sessions" if revision in ("fix_session_constraints", "d00825f2a89a") else "sessions"
    constraint = refused(connection, session(9, 1, True, revision), errors.UniqueViolation)
    assert constraint == f"ix_{table}_one_active_per_api_key"


def test_a_delegation_has_an_address_signed_data_and_an_expiry_and_is_active(trying: Trying) -> None:
    connection = trying("d00825f2a89a")
    for column in ("delegate_address", "signed_data", "expires_at", "is_active"):
        refused(connection, f"UPDATE delegations SET {column} = NULL", errors.NotNullViolation)


@pytest.mark.parametrize("revision", ["6f8a4e1b9d43", HEAD])
def test_cognito_user_id_is_mandatory_and_unique(trying: Trying, revision: str) -> None:
    connection = trying(revision)
    same = "UPDATE users SET cognito_user_id = 'same'"
    assert refused(connection, same, errors.UniqueViolation) == "uq_users_cognito_user_id"
    refused(connection, "UPDATE users SET cognito_user_id = NULL", errors.NotNullViolation)


def test_messages_of_a_chat_are_counted(trying: Trying) -> None:
    constraint = refused(trying("add_chat_tables"), "UPDATE messages SET sequence = 1", errors.UniqueViolation)
    assert constraint == "uq_messages_chat_id_sequence"


def test_an_unknown_role_is_refused_by_the_check_and_then_by_the_type(trying: Trying) -> None:
    unknown = "UPDATE messages SET role = 'nobody'"
    assert refused(trying("add_chat_tables"), unknown, errors.CheckViolation) == "ck_messages_role_known"
    for revision in ("add_message_role_enum", HEAD):
        refused(trying(revision), unknown, errors.InvalidTextRepresentation)


def test_the_enum_is_made_as_messagerole_and_renamed(story: Story) -> None:
    assert story["add_chat_tables"].up.catalogue["enums"] == set()
    for revision, name in (
        ("add_message_role_enum", "messagerole"),
        ("add_encrypted_api_keys", "messagerole"),
        ("fix_enum_name_2025", "message_role"),
        (HEAD, "message_role"),
    ):
        catalogue = story[revision].up.catalogue
        assert catalogue["enums"] == {f"{name}: system, user, assistant"}
        assert any(line.startswith(f"messages.role {name} null=f") for line in catalogue["columns"])


@pytest.mark.parametrize("revision", ["add_is_default_api_keys", HEAD])
def test_at_most_one_default_key_a_user(trying: Trying, revision: str) -> None:
    connection = trying(revision)
    connection.execute("UPDATE api_keys SET is_default = false")
    both = f"UPDATE api_keys SET is_default = true WHERE user_id = '{uuid(USER, 1)}'"
    assert refused(connection, both, errors.UniqueViolation) == "ix_api_keys_one_default_per_user"
    one_each = f"UPDATE api_keys SET is_default = true WHERE id IN ('{uuid(KEY, 1)}', '{uuid(KEY, 3)}')"
    assert connection.execute(one_each).rowcount == 2


@pytest.mark.parametrize("half", ["encrypted_key = 'x'", "encryption_version = 1"])
def test_ciphertext_and_version_come_together(trying: Trying, half: str) -> None:
    connection = trying("add_encrypted_api_keys")
    constraint = refused(connection, f"UPDATE api_keys SET {half}", errors.CheckViolation)
    assert constraint == "ck_api_keys_encryption_complete"
    connection.execute("UPDATE api_keys SET encrypted_key = 'x', encryption_version = 1")


def test_the_last_revision_prepares_for_social_logins(trying: Trying, story: Story) -> None:
    before, after = trying(parent(HEAD)), trying(HEAD)
    for nothing in ("UPDATE users SET email = NULL", "UPDATE users SET name = NULL"):
        refused(before, nothing, errors.NotNullViolation)
        after.execute(nothing)
    same = "UPDATE users SET email = 'same@example.com'"
    assert refused(before, same, errors.UniqueViolation) == "uq_users_email"
    after.execute(same)
    on_users = {line for line in story[HEAD].up.catalogue["indexes"] if " ON public.users " in line}
    assert "CREATE INDEX ix_users_email ON public.users USING btree (email) valid=t" in on_users
    assert {line.split()[3] for line in on_users if "UNIQUE" in line} == {"pk_users", "uq_users_cognito_user_id"}


def test_messages_go_with_their_chat_and_no_others(trying: Trying) -> None:
    connection = trying(HEAD)
    connection.execute(f"DELETE FROM chats WHERE id = '{uuid(CHAT, 1)}'")
    assert [row["id"] for row in read_rows(connection)["messages"]] == [uuid(MESSAGE, 4)]

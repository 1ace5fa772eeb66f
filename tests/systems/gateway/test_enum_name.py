"""fix_enum_name_2025: right on a database that has the one type, the other, or both."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DatabaseError

from .conftest import At, Story
from .harness import offline_sql
from .specification import parent

REVISION = "fix_enum_name_2025"
MAKE = "CREATE TYPE message_role AS ENUM ('system', 'user', 'assistant');"
USE = "ALTER TABLE messages ALTER COLUMN role TYPE message_role USING role::text::message_role;"
# The chain's database, changed into each of the others.
STATES = {
    "messagerole alone": "",
    "message_role alone": "ALTER TYPE messagerole RENAME TO message_role",
    "both, messagerole in use": MAKE,
    "both, message_role in use": MAKE + USE,
    "both, and the one not in use has other labels": "CREATE TYPE message_role AS ENUM ('USER', 'SYSTEM')",
}


@pytest.mark.parametrize("way", ["online", "offline"])
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_message_role_is_there_alone_and_in_use(at: At, story: Story, state: str, way: str) -> None:
    gateway = at(parent(REVISION))
    if state:
        gateway.execute(state)
    rows = gateway.rows()
    if way == "online":
        gateway.upgrade(REVISION)
    else:
        gateway.execute(offline_sql("upgrade", f"{parent(REVISION)}:{REVISION}"))
    assert gateway.catalogue() == story[REVISION].up.catalogue
    assert gateway.rows() == rows

    if way == "online":
        gateway.downgrade(parent(REVISION))
    else:
        gateway.execute(offline_sql("downgrade", f"{REVISION}:{parent(REVISION)}"))
    assert gateway.catalogue() == story[REVISION].before.catalogue
    assert gateway.rows() == rows
    gateway.upgrade(REVISION)
    assert gateway.catalogue() == story[REVISION].up.catalogue


def test_no_row_is_rewritten(at: At) -> None:
    gateway = at(parent(REVISION))
    gateway.execute(MAKE)
    file = "SELECT pg_relation_filenode('messages')"
    before = gateway.value(file)
    gateway.upgrade(REVISION)
    assert gateway.value(file) == before


def test_a_type_that_something_else_uses_is_not_dropped(at: At) -> None:
    gateway = at(parent(REVISION))
    gateway.execute(MAKE + "CREATE TABLE elsewhere (role message_role)")
    before = gateway.catalogue()
    with pytest.raises(DatabaseError) as refused:
        gateway.upgrade(REVISION)
    assert isinstance(refused.value.orig, errors.DependentObjectsStillExist)
    assert gateway.catalogue() == before


def test_a_column_of_neither_type_is_said_and_not_passed_over(at: At) -> None:
    gateway = at(parent(REVISION))
    gateway.execute("ALTER TABLE messages ALTER COLUMN role TYPE varchar(16)")
    with pytest.raises(DatabaseError) as refused:
        gateway.upgrade(REVISION)
    assert isinstance(refused.value.orig, psycopg.Error)
    assert refused.value.orig.diag.message_primary == "messages.role is of neither enum type: character varying"
    assert gateway.versions() == (parent(REVISION),)

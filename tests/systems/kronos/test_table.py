"""The table `users`, column by column: what it takes, what it refuses, what it fills in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kronos.models import User

LONG_AGO = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)

# type, not null, default: the table of the specification, as PostgreSQL spells it
COLUMNS = {
    "id": ("uuid", True, "gen_random_uuid()"),
    "email": ("character varying(255)", True, None),
    "first_name": ("character varying(100)", False, None),
    "last_name": ("character varying(100)", False, None),
    "is_active": ("boolean", True, "true"),
    "profile_image_url": ("character varying(2048)", False, None),
    "last_login": ("timestamp with time zone", False, None),
    "created_at": ("timestamp with time zone", True, "now()"),
    "updated_at": ("timestamp with time zone", True, "now()"),
}
LIMITS = {"email": 255, "first_name": 100, "last_name": 100, "profile_image_url": 2048}
INDEXES = {
    "pk_users": (["id"], True),
    "ix_users_email": (["email"], True),
    "ix_users_is_active": (["is_active"], False),
    "ix_users_created_at": (["created_at"], False),
    "ix_users_updated_at": (["updated_at"], False),
}


def insert(connection: Connection, **values: object) -> dict[str, Any]:
    """Insert a row with plain SQL, as a program without the ORM would; return it whole."""
    values = {"email": "ada@example.org"} | values
    names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    with connection.begin_nested():
        row = connection.execute(text(f"INSERT INTO users ({names}) VALUES ({places}) RETURNING *"), values)
        return dict(row.mappings().one())


def refusal(connection: Connection, **values: object) -> tuple[str, str | None]:
    """The SQLSTATE with which the database refuses a row, and the constraint it names."""
    with pytest.raises(DBAPIError) as refused:
        insert(connection, **values)
    assert refused.value.orig is not None
    diagnosis = refused.value.orig.diag  # type: ignore[attr-defined]
    return diagnosis.sqlstate, diagnosis.constraint_name


def test_the_columns_are_those_of_the_specification(head: Connection) -> None:
    rows = head.execute(
        text("""SELECT attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)
                FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum""")
    )
    assert {name: tuple(rest) for name, *rest in rows} == COLUMNS


def test_the_indexes_are_those_of_the_specification(head: Connection) -> None:
    rows = head.execute(
        text("""SELECT index.relname, array_agg(attname::text ORDER BY attnum), indisunique
                FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
                JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
                WHERE indrelid = 'users'::regclass GROUP BY index.relname, indisunique""")
    )
    assert {name: (columns, unique) for name, columns, unique in rows} == INDEXES


def test_the_primary_key_is_the_id(head: Connection) -> None:
    keys = head.execute(
        text("""SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                WHERE conrelid = 'users'::regclass AND contype = 'p'""")
    )
    assert list(keys) == [("pk_users", "PRIMARY KEY (id)")]


def test_the_database_makes_an_id_for_rows_the_orm_did_not_write(head: Connection) -> None:
    first = insert(head, email="ada@example.org")["id"]
    second = insert(head, email="bob@example.org")["id"]
    assert first != second
    assert first.version == second.version == 4


def test_the_orm_makes_its_own_id(head: Connection, session: Session) -> None:
    head.execute(text("ALTER TABLE users ALTER id DROP DEFAULT"))  # so that it is the ORM's doing
    user = User(email="ada@example.org")
    session.add(user)
    session.commit()
    assert isinstance(user.id, UUID)
    assert user.id.version == 4


def test_an_email_belongs_to_one_user(head: Connection) -> None:
    insert(head, email="ada@example.org")
    assert refusal(head, email="ada@example.org") == ("23505", "ix_users_email")


@pytest.mark.parametrize(("column", "limit"), LIMITS.items())
def test_a_text_is_as_long_as_its_limit_and_no_longer(head: Connection, column: str, limit: int) -> None:
    assert insert(head, **{column: "é" * limit})[column] == "é" * limit
    assert refusal(head, **{"email": "bob@example.org", column: "é" * (limit + 1)})[0] == "22001"


@pytest.mark.parametrize("email", ["", "a@bc", "éééé"])
def test_an_email_of_four_characters_is_refused(head: Connection, email: str) -> None:
    assert refusal(head, email=email) == ("23514", "ck_users_email_min_length")


@pytest.mark.parametrize("email", ["a@b.c", "é@é.é"])
def test_an_email_of_five_characters_is_taken(head: Connection, email: str) -> None:
    assert insert(head, email=email)["email"] == email


@pytest.mark.parametrize("column", [name for name, (_, mandatory, _) in COLUMNS.items() if mandatory])
def test_a_mandatory_column_refuses_null(head: Connection, column: str) -> None:
    assert refusal(head, **{column: None})[0] == "23502"


@pytest.mark.parametrize("column", [name for name, (_, mandatory, _) in COLUMNS.items() if not mandatory])
def test_an_optional_column_is_null_unless_given(head: Connection, column: str) -> None:
    assert insert(head)[column] is None


def test_a_user_is_active_unless_told_otherwise(head: Connection, session: Session) -> None:
    assert insert(head)["is_active"] is True
    active, inactive = User(email="bob@example.org"), User(email="eve@example.org", is_active=False)
    session.add_all([active, inactive])
    session.commit()
    assert (active.is_active, inactive.is_active) == (True, False)


@pytest.mark.parametrize("column", ["created_at", "updated_at"])
def test_a_new_row_has_the_time_of_its_transaction(head: Connection, session: Session, column: str) -> None:
    now = head.scalar(text("SELECT now()"))
    assert insert(head)[column] == now
    user = User(email="bob@example.org")
    session.add(user)
    session.commit()
    assert getattr(user, column) == now


def test_the_database_keeps_updated_at(head: Connection) -> None:
    insert(head, created_at=LONG_AGO, updated_at=LONG_AGO)
    row = head.execute(
        text("UPDATE users SET first_name = 'Ada' RETURNING updated_at = now() AS moved, created_at")
    ).one()
    assert row.moved is True
    assert row.created_at == LONG_AGO


def test_the_database_leaves_an_explicit_updated_at(head: Connection) -> None:
    insert(head)
    update = text("UPDATE users SET updated_at = :then RETURNING updated_at")
    assert head.scalar(update, {"then": LONG_AGO}) == LONG_AGO


def test_the_orm_keeps_updated_at(head: Connection, session: Session) -> None:
    insert(head, created_at=LONG_AGO, updated_at=LONG_AGO)
    head.execute(text("ALTER TABLE users DISABLE TRIGGER USER"))  # so that it is the ORM's doing
    user = session.query(User).one()
    user.first_name = "Ada"
    session.commit()
    assert user.updated_at == head.scalar(text("SELECT now()"))
    assert user.created_at == LONG_AGO


def test_times_come_back_with_their_zone(head: Connection) -> None:
    row = insert(head, last_login=datetime.fromisoformat("2001-02-03T05:05:06+01:00"))
    assert row["last_login"] == LONG_AGO
    assert all(row[column].tzinfo is not None for column in ("last_login", "created_at", "updated_at"))

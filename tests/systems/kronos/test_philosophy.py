"""The seven principles that Kronos states, asked of the catalogue.

The queries name no table and no column of Kronos, so they can be run on any schema: each returns what breaks the
principle. A test that expects nothing first shows that its query finds something in a table that breaks them all.
"""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from kronos.models import User

COLUMN = """
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p')
    WHERE relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' AND attnum > 0 AND NOT attisdropped
"""
INDEXED = "EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indkey[0] = attnum)"

OFFENCES = {
    "UUID primary keys": f"""
        SELECT attname {COLUMN} AND atttypid <> 'uuid'::regtype
        AND EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisprimary AND attnum = ANY (indkey))""",
    "indexes for the common query patterns": f"""
        SELECT attname {COLUMN} AND NOT {INDEXED}
        AND (attname = 'email' OR attname IN ('created_at', 'updated_at') OR atttypid = 'boolean'::regtype)""",
    "data validation by check constraints": f"""
        SELECT DISTINCT relname {COLUMN}
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype = 'c' AND convalidated)""",
    "separated concerns": f"SELECT attname {COLUMN} AND attname IN ('name', 'full_name')",
    "length limits": f"""
        SELECT attname {COLUMN} AND (atttypid = 'text'::regtype OR atttypid = 'varchar'::regtype AND atttypmod < 0)""",
    "time-zone-aware timestamps": f"SELECT attname {COLUMN} AND atttypid IN ('timestamp'::regtype, 'time'::regtype)",
    "nothing guessable": f"""
        SELECT attname {COLUMN} AND (attidentity <> '' OR EXISTS (
            SELECT FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum
            AND pg_get_expr(adbin, adrelid) LIKE 'nextval(%'))""",
    "nothing leaked": """
        SELECT relname FROM pg_class, aclexplode(relacl)
        WHERE relnamespace = 'public'::regnamespace AND grantee = 0""",
}

CARELESS = """
    CREATE TABLE careless (id serial PRIMARY KEY, email text, full_name varchar, enabled boolean, at timestamp);
    GRANT SELECT ON careless TO PUBLIC
"""


@pytest.mark.parametrize(("principle", "query"), OFFENCES.items(), ids=list(OFFENCES))
def test_the_schema_keeps_the_principle(head: Connection, principle: str, query: str) -> None:
    assert list(head.scalars(text(query))) == [], principle


@pytest.mark.parametrize(("principle", "query"), OFFENCES.items(), ids=list(OFFENCES))
def test_a_careless_table_breaks_it(head: Connection, principle: str, query: str) -> None:
    head.execute(text(CARELESS))
    assert list(head.scalars(text(query))) != [], principle


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("id = '00000000-0000-4000-8000-000000000000'", "pk_users"),
        ("email = 'ada@example.org'", "ix_users_email"),
        ("NOT is_active", "ix_users_is_active"),
        ("created_at > now() - interval '1 day'", "ix_users_created_at"),
        ("updated_at > now() - interval '1 day'", "ix_users_updated_at"),
    ],
)
def test_a_common_query_finds_its_index(head: Connection, condition: str, index: str) -> None:
    head.execute(text("SET LOCAL enable_seqscan = off"))  # in a table this small a scan is cheaper than any index
    plan = "\n".join(head.scalars(text(f"EXPLAIN SELECT * FROM users WHERE {condition}")))
    assert index in plan


def test_names_are_two_columns(session: Session) -> None:
    session.add(User(email="ada@example.org", first_name="Ada", last_name="Lovelace"))
    session.flush()
    assert session.query(User).filter_by(last_name="Lovelace").one().first_name == "Ada"


def test_a_printed_user_shows_no_personal_data() -> None:
    user = User(email="ada@example.org", first_name="Ada", last_name="Lovelace", profile_image_url="https://a/ada.png")
    for personal in ("ada@example.org", "Ada", "Lovelace", "ada.png"):
        assert personal not in repr(user)

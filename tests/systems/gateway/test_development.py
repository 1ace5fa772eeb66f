"""development.py: the development database of the story, at fix_enum_name_2025 with social_login_prep_2025 next."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine

from .conftest import At, Story
from .harness import Gateway, run
from .specification import GATEWAY, HEAD, parent

SCRIPT = str(GATEWAY / "development.py")
REVISION = "fix_enum_name_2025"


def test_the_development_database(gateway: Gateway, story: Story, tmp_path: Path) -> None:
    made = run(SCRIPT, url=gateway.url, cwd=tmp_path)
    assert made.code == 0, made.err
    assert made.out == f"the development database is at {REVISION}, with rows in 7 tables\n"
    assert gateway.versions() == (REVISION,)
    assert gateway.catalogue() == story[REVISION].up.catalogue
    rows = gateway.rows()
    assert set(rows) == set(story[REVISION].up.rows)
    assert all(rows.values())

    # A second run finds it full, says so, and changes nothing.
    again = run(SCRIPT, url=gateway.url, cwd=tmp_path)
    assert again.code == 1
    assert again.err == "nothing was done: the database has users already\nhint: give DATABASE_URL an empty database\n"
    assert gateway.rows() == rows

    # One revision is next, and these rows are not in its way, nor in the way of coming back.
    gateway.upgrade("+1")
    assert gateway.versions() == (HEAD,)
    assert gateway.rows() == rows
    gateway.downgrade("-1")
    assert gateway.catalogue() == story[REVISION].up.catalogue
    assert gateway.rows() == rows


def test_the_rows_are_the_same_every_time(gateway: Gateway, at: At) -> None:
    other = at(REVISION)
    other.execute("DELETE FROM users")  # a run that stopped before the rows: the next one goes on
    for database in (gateway, other):
        assert run(SCRIPT, url=database.url).code == 0
    assert gateway.rows() == other.rows()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("CREATE TABLE invoices (id int)", "the database has tables already: invoices"),
        (
            "CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('elsewhere')",
            "the database is at another revision: elsewhere",
        ),
        # What `alembic downgrade base` leaves behind is empty enough.
        ("CREATE TABLE alembic_version (version_num varchar(32))", None),
    ],
)
def test_only_an_empty_database_will_do(gateway: Gateway, spoil: str, reason: str | None) -> None:
    gateway.execute(spoil)
    assert what_is_in_the_way(gateway) == reason


def test_at_the_head_it_is_refused(looking_at: At) -> None:
    assert parent(HEAD) == REVISION
    assert what_is_in_the_way(looking_at(HEAD)) == "the database is at another revision: social_login_prep_2025"


def what_is_in_the_way(gateway: Gateway) -> str | None:
    import development

    with create_engine(gateway.url, poolclass=NullPool).connect() as connection:
        return development.what_is_in_the_way(connection)


def test_without_an_address_or_a_server_it_says_so(tmp_path: Path) -> None:
    assert run(SCRIPT, url=None).err.startswith("no database address: set DATABASE_URL")
    unreachable = run(SCRIPT, url=f"postgresql://user:hidden@/name?host={tmp_path}")
    assert unreachable.code == 1
    assert unreachable.err.startswith("cannot connect to the database: ")
    assert "Traceback" not in unreachable.err
    assert "hidden" not in unreachable.err

"""The short way to the version table agrees with SQLAlchemy's, or is not taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from limbeck.database.version_rows import libpq_uri, read_version_rows, readable_address
from limbeck.model.errors import TargetUnavailable

MakeDatabase = Callable[[], str]


def fill(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_postgresql(database_url: str, tmp_path: Path) -> None:
    def rows(table: str = "alembic_version", schema: str | None = None) -> tuple[str, ...] | None:
        found = read_version_rows(database_url, str(tmp_path), table, schema)
        return found and found[0]

    assert rows() == ()
    fill(
        database_url,
        "CREATE TABLE alembic_version (version_num varchar(32))",
        "INSERT INTO alembic_version VALUES ('b'), ('a')",
        'CREATE SCHEMA "Odd ""name"',
        'CREATE TABLE "Odd ""name"."V 1" (version_num varchar(32))',
        """INSERT INTO "Odd ""name"."V 1" VALUES ('ä')""",
    )
    assert rows() == ("a", "b")
    assert rows("V 1", 'Odd "name') == ("ä",)
    assert rows("nowhere") == ()


def test_a_table_without_the_column_is_refused(database_url: str, tmp_path: Path) -> None:
    fill(database_url, "CREATE TABLE alembic_version (other int)")
    with pytest.raises(TargetUnavailable, match="version_num"):
        read_version_rows(database_url, str(tmp_path), "alembic_version", None)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TargetUnavailable, match="cannot be connected to") as caught:
        read_version_rows(f"postgresql://u:secret@/db?host={tmp_path}", str(tmp_path), "alembic_version", None)
    assert "secret" not in str(caught.value)


def test_sqlite(tmp_path: Path) -> None:
    def rows(address: str) -> tuple[str, ...] | None:
        found = read_version_rows(address, str(tmp_path), "alembic_version", None)
        return found and found[0]

    path = tmp_path / "a b%.db"
    assert rows("sqlite:///a b%.db") == ()
    assert not path.exists(), "asking makes no file"
    fill(f"sqlite:///{path}", "CREATE TABLE alembic_version (version_num varchar(32))")
    assert rows("sqlite:///a b%.db") == ()
    fill(f"sqlite:///{path}", "INSERT INTO alembic_version VALUES ('x')")
    assert rows("sqlite:///a b%.db") == rows(f"sqlite:///{path}") == ("x",)
    assert rows("sqlite://") is rows("sqlite:///:memory:") is rows("sqlite:///x.db?mode=ro") is None


@pytest.mark.parametrize(
    "address",
    ["mysql://u@h/d", "postgresql://u@h/d?host=a&host=b", "postgresql+asyncpg://u@h/d?ssl=require", "driver://x"],
)
def test_the_short_way_is_not_taken(address: str, tmp_path: Path) -> None:
    assert read_version_rows(address, str(tmp_path), "alembic_version", None) is None


def test_libpq_uri_names_no_driver() -> None:
    assert libpq_uri("postgresql+psycopg://u:p%40@h:1/d?sslmode=require") == "postgresql://u:p%40@h:1/d?sslmode=require"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:secret@h/d",
        "postgresql+psycopg://u:se%3Acret@h:5432/d?password=secret&sslmode=require",
        "postgresql://@/d?host=/tmp",
        "sqlite:///secret.db",
    ],
)
def test_readable_address_is_sqlalchemys_without_any_password(address: str) -> None:
    readable = readable_address(address)
    if not address.startswith("sqlite"):
        assert "cret" not in readable
    assert make_url(readable).host == make_url(address).host
    assert make_url(readable).database == make_url(address).database

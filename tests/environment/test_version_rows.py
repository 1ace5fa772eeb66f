"""The version row is updated with Alembic's own statement, which is made once; elsewhere by Alembic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.runtime.migration import HeadMaintainer, MigrationContext
from alembic.util import CommandError
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from limbeck.environment.version_rows import VersionRows

OWN = HeadMaintainer._update_version
WAYS = ("quickly", "by Alembic")


@pytest.fixture
def engine(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    # SQLAlchemy notes for the rest of the process that somebody has once listened to all engines, as other tests do.
    monkeypatch.setattr(Engine, "_has_events", False)
    return create_engine(database_url, poolclass=NullPool)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


def heads_of(connection: Connection, *rows: str, **options: Any) -> HeadMaintainer:
    context = MigrationContext.configure(connection, opts=options)
    context._ensure_version_table()
    table = context._version
    for row in rows:
        connection.execute(table.insert(), {"version_num": row})
    return HeadMaintainer(context, rows)


def updates(connection: Connection) -> list[str]:
    """As the driver gets them from now on, seen where nobody is noticed who looks."""
    seen: list[str] = []
    own = connection.dialect.do_execute

    def do_execute(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        if statement.startswith("UPDATE"):
            seen.append(f"{statement} {dict(parameters)}")
        own(cursor, statement, parameters, context)

    connection.dialect.do_execute = do_execute  # type: ignore[method-assign]
    return seen


@pytest.mark.parametrize("options", [{}, {"version_table": 'odd 100% "name"', "version_table_schema": "public"}])
def test_it_is_the_statement_that_alembic_makes(connection: Connection, options: dict[str, Any]) -> None:
    heads = heads_of(connection, "aaa", "bbb", **options)
    seen = updates(connection)
    for way in WAYS:
        rows = VersionRows(heads.context) if way == "quickly" else None
        assert (HeadMaintainer._update_version is OWN) == (rows is None)
        heads._update_version("aaa", "ccc")
        assert heads.heads == {"bbb", "ccc"}
        assert heads.context.get_current_heads() == ("bbb", "ccc")
        heads._update_version("ccc", "aaa")
        if rows is not None:
            rows.close()
    assert seen[:2] == seen[2:]


@pytest.mark.parametrize("way", WAYS)
def test_a_row_that_is_not_there_is_refused(connection: Connection, way: str) -> None:
    heads = heads_of(connection, "aaa")
    connection.execute(heads.context._version.delete())
    rows = VersionRows(heads.context) if way == "quickly" else None
    try:
        with pytest.raises(CommandError) as refused:
            heads._update_version("aaa", "bbb")
    finally:
        if rows is not None:
            rows.close()
    expected = "expected to match one row when updating 'aaa' to 'bbb' in 'alembic_version'; 0 found"
    assert str(refused.value) == f"Online migration {expected}"


def test_what_is_not_plain_is_left_to_alembic(connection: Connection) -> None:
    heads = heads_of(connection, "aaa", "100%")
    rows = VersionRows(heads.context)
    try:
        assert rows.can_tell("aaa", "bbb")
        assert not rows.can_tell("100%", "bbb")
        heads._update_version("100%", "99%")
    finally:
        rows.close()
    assert set(heads.context.get_current_heads()) == {"aaa", "99%"}


def test_who_is_told_of_statements_is_told_as_ever(engine: Engine, connection: Connection) -> None:
    heads = heads_of(connection, "aaa")
    told: list[Any] = []
    rows = VersionRows(heads.context)
    event.listen(engine, "before_execute", lambda _connection, clause, *_: told.append(clause))
    try:
        assert not rows.can_tell("aaa", "bbb")
        heads._update_version("aaa", "bbb")
    finally:
        rows.close()
    assert [clause.table.name for clause in told] == ["alembic_version"]


def test_another_schema_in_place_of_none_is_left_to_alembic(connection: Connection) -> None:
    connection.execute(text("CREATE SCHEMA tenant"))
    heads = heads_of(connection.execution_options(schema_translate_map={None: "tenant"}), "aaa")
    rows = VersionRows(heads.context)
    try:
        assert not rows.can_tell("aaa", "bbb")
        heads._update_version("aaa", "bbb")
    finally:
        rows.close()
    assert connection.execute(text("SELECT version_num FROM tenant.alembic_version")).scalar_one() == "bbb"


def test_alembic_has_its_own_again_when_the_last_is_closed(connection: Connection) -> None:
    first, second = (VersionRows(heads_of(connection, version_table=name).context) for name in ("one", "other"))
    first.close()
    first.close()
    assert HeadMaintainer._update_version is not OWN
    second.close()
    assert HeadMaintainer._update_version is OWN

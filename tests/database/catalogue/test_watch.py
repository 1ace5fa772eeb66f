"""A catalogue kept up to date by what was touched is the one that a whole snapshot gives."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import Connection

from limbeck.database.catalogue import Catalogue, difference
from limbeck.database.catalogue.postgresql.scope import WATCH
from limbeck.database.catalogue.postgresql.watch import Watch, install, is_installed
from limbeck.scratch import Server
from tests.database.catalogue.cases import CASES, SETTING, Case
from tests.database.postgresql import query_of, taken


def check(connection: Connection[Any], case: Case) -> None:
    """Both ways give the same, of the setting and of the change; nothing is left behind."""
    with connection.transaction(force_rollback=True):
        watch = Watch(query_of(connection))
        connection.execute(SETTING)
        connection.execute(case.setting)
        watch.update()
        before = watch.catalogue
        assert same(before, taken(connection))
        watch.update()
        assert watch.catalogue is before
        with connection.transaction(force_rollback=True):
            connection.execute(case.change)
            watch.update()
            assert same(watch.catalogue, taken(connection))
        watch.reset(before)
        watch.update()
        assert same(before, taken(connection))
        connection.execute(case.change)
        assert same(watch.catalogue, before)
        watch.update()
        assert same(watch.catalogue, taken(connection))


def same(one: Catalogue, other: Catalogue) -> bool:
    assert [change.sentence for change in difference(one._replace(origin=""), other)] == []
    assert one == other
    return True


# PostgreSQL tells nobody of a CREATE EVENT TRIGGER.
WATCHED = tuple(case for case in CASES if case.name != "event trigger")


@pytest.mark.parametrize("case", WATCHED, ids=lambda case: case.name)
def test_one_change(case: Case, connection: Connection[Any]) -> None:
    install(query_of(connection), connection.execute)
    check(connection, case)


@pytest.mark.majors
def test_every_change_on_every_major(major_server: Server) -> None:
    with psycopg.connect(major_server.url()) as connection:
        install(query_of(connection), connection.execute)
        for case in WATCHED:
            if case.since <= major_server.version[0]:
                check(connection, case)


def test_what_another_limbeck_has_installed_is_replaced(connection: Connection[Any]) -> None:
    """A copy of a state that was kept has what was installed then."""
    query = query_of(connection)
    assert not is_installed(query)
    install(query, connection.execute)
    assert is_installed(query)
    connection.execute(f"COMMENT ON SCHEMA {WATCH} IS 'older'")
    connection.execute(f"DROP FUNCTION {WATCH}.changes()")
    assert not is_installed(query)
    install(query, connection.execute)
    assert is_installed(query)
    check(connection, WATCHED[0])

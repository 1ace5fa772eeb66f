"""What is read of PostgreSQL, on the embedded one and on every major version."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection

from limbeck.database.catalogue import (
    Identity,
    difference,
    digest,
    outermost,
    owned_otherwise,
    recreated,
    reordered,
    snapshot,
)
from limbeck.database.catalogue.postgresql.settings import NoTransaction
from limbeck.scratch import Server
from tests.database.catalogue.cases import CASES, SETTING, Case
from tests.database.postgresql import taken


def sentences(connection: Connection, case: Case) -> tuple[str, ...]:
    """What the difference says of a case, which leaves nothing behind."""
    with connection.transaction(force_rollback=True):
        connection.execute(SETTING)
        connection.execute(case.setting)
        before = taken(connection)
        with connection.transaction(force_rollback=True):
            connection.execute(case.change)
            changes = difference(before, taken(connection))
        assert difference(before, taken(connection)) == ()
    return tuple(change.sentence for change in changes)


def expected(case: Case, major: int) -> tuple[str, ...]:
    """As this version says it."""
    told = case.sentences
    if major >= 16 and case.name == "view":
        told = tuple(sentence.replace("pets.id", "id") for sentence in told)
    if major >= 17:
        told = tuple(sentence.replace("INSERT, REFERENCES", "INSERT, MAINTAIN, REFERENCES") for sentence in told)
    return told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_change(case: Case, connection: Connection) -> None:
    assert sentences(connection, case) == expected(case, 18)


@pytest.mark.majors
def test_every_change_on_every_major(major_server: Server) -> None:
    major = major_server.version[0]
    with psycopg.connect(major_server.url()) as connection:
        told = {case.name: sentences(connection, case) for case in CASES if case.since <= major}
        assert told == {case.name: expected(case, major) for case in CASES if case.since <= major}


def test_tables_left_out_take_along_what_hangs_on_them(connection: Connection) -> None:
    empty = taken(connection)
    connection.execute(
        """
        CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
        CREATE SCHEMA "Odd.One";
        CREATE TABLE "Odd.One"."limbeck journal" (id serial PRIMARY KEY, at timestamptz DEFAULT now());
        CREATE TABLE "Odd.One".alembic_version (version_num text);
        """
    )
    catalogue = taken(connection, "public.alembic_version", "limbeck journal")
    assert {str(change.identity) for change in difference(empty, catalogue)} == {
        "schema Odd.One",
        "table Odd.One.alembic_version",
        "column version_num of Odd.One.alembic_version",
    }
    assert catalogue.addresses.keys() == catalogue.objects.keys()
    assert catalogue.columns == {Identity("table", "Odd.One", "alembic_version"): ("version_num",)}


def test_every_definition_of_an_index_is_the_servers_own(connection: Connection) -> None:
    connection.execute(
        """
        CREATE DOMAIN d AS text COLLATE "C";
        CREATE TYPE e AS ENUM ('a');
        CREATE TABLE "T 1" (a text, "B" integer, c text COLLATE "C", d d, "select" e, f varchar, g integer[], h numeric);
        CREATE INDEX i1 ON "T 1" (a); CREATE UNIQUE INDEX "I 2" ON "T 1" (a, "B", "select");
        CREATE INDEX i3 ON "T 1" (a DESC); CREATE INDEX i4 ON "T 1" (a NULLS FIRST);
        CREATE INDEX i5 ON "T 1" (c); CREATE INDEX i6 ON "T 1" (c COLLATE "default"); CREATE INDEX i7 ON "T 1" (a COLLATE "C");
        CREATE INDEX i8 ON "T 1" (d); CREATE INDEX i9 ON "T 1" (d COLLATE "default");
        CREATE INDEX i10 ON "T 1" (f varchar_pattern_ops); CREATE INDEX i11 ON "T 1" (f, a text_pattern_ops);
        CREATE INDEX i12 ON "T 1" (a) INCLUDE ("B"); CREATE INDEX i13 ON "T 1" (a) WHERE "B" > 1;
        CREATE INDEX i14 ON "T 1" (lower(a)); CREATE INDEX i15 ON "T 1" USING hash (a);
        CREATE INDEX i16 ON "T 1" (a) WITH (fillfactor = 50); CREATE UNIQUE INDEX i17 ON "T 1" (a) NULLS NOT DISTINCT;
        CREATE INDEX i18 ON "T 1" USING gin (g); CREATE INDEX i19 ON "T 1" (g, h); CREATE INDEX i20 ON "T 1" (a, "B", h, g);
        CREATE UNIQUE INDEX i21 ON "T 1" (a, "B") WHERE a ~ ' WHERE ' AND "B" IS NOT NULL OR "select" = 'a';
        CREATE INDEX i22 ON "T 1" (c) WHERE c > 'a'; CREATE INDEX i23 ON "T 1" (a DESC) WHERE h > 1.5;
        CREATE TABLE "user" (id integer, "order" integer, name text, a name) PARTITION BY RANGE (id);
        CREATE TABLE part PARTITION OF "user" DEFAULT;
        CREATE INDEX j1 ON "user" ("order"); CREATE INDEX j2 ON part (name); CREATE INDEX j3 ON part (id, "order");
        CREATE INDEX j4 ON ONLY "user" (id); CREATE INDEX j5 ON part (a);
        CREATE INDEX j6 ON "user" ("order") WHERE name <> 'x';
        """
    )
    connection.execute("SET LOCAL search_path = ''")
    rows = connection.execute(
        "SELECT relname, pg_get_indexdef(oid) FROM pg_class WHERE relkind IN ('i', 'I') AND oid > 16384"
    )
    told = {
        identity.name: p["definition"] for identity, p in taken(connection).objects.items() if identity.kind == "index"
    }
    assert len(told) == 31
    assert told == {name: definition for name, definition in rows if name in told}


def test_what_an_extension_brings_is_the_extension(connection: Connection) -> None:
    connection.execute("CREATE SCHEMA tools")
    before = taken(connection)
    connection.execute("CREATE EXTENSION hstore SCHEMA tools")
    assert [change.sentence for change in difference(before, taken(connection))] == ["extension hstore was created"]


def test_settings_of_the_transaction_stay_as_they_were(connection: Connection) -> None:
    connection.execute("SET search_path = public; SET TimeZone = 'Asia/Tokyo'")
    connection.commit()
    connection.execute("SET LOCAL DateStyle = 'German'; SET LOCAL jit = on")
    connection.execute("CREATE TABLE t (at timestamptz DEFAULT '2020-01-01 00:00:00+00')")
    catalogue = taken(connection)
    column = catalogue.objects[Identity("column", "public", "at", "t")]
    assert column["default"] == "'2020-01-01 00:00:00+00'::timestamp with time zone"
    settings = "search_path", "TimeZone", "DateStyle", "jit"
    shown = [connection.execute(f"SHOW {name}").fetchone() for name in settings]
    assert shown == [("public",), ("Asia/Tokyo",), ("German, DMY",), ("on",)]
    connection.rollback()
    shown = [connection.execute(f"SHOW {name}").fetchone() for name in settings[:3]]
    assert shown == [("public",), ("Asia/Tokyo",), ("ISO, MDY",)]


def test_a_driver_that_gives_texts_will_do(connection: Connection) -> None:
    connection.execute(SETTING)

    def texts(sql: str) -> list[tuple[str | None, ...]]:
        return [tuple(None if v is None else str(v) for v in row) for row in connection.execute(sql).fetchall()]

    assert snapshot(texts) == taken(connection)


def test_a_transaction_is_demanded(connection: Connection) -> None:
    connection.autocommit = True
    with pytest.raises(NoTransaction):
        taken(connection)
    assert connection.execute("SHOW search_path").fetchone() == ('"$user", public',)


def test_owners_and_the_order_of_columns_are_kept_apart(connection: Connection) -> None:
    connection.execute(SETTING)
    before = taken(connection)
    connection.execute("ALTER TABLE pets OWNER TO catalogue_reader; ALTER TABLE pets RENAME kind TO species")
    connection.execute("ALTER TABLE pets DROP name; ALTER TABLE pets ADD name varchar(20)")
    after = taken(connection)
    assert [change.sentence for change in difference(before, after)] == [
        "column kind of public.pets was renamed to species"
    ]
    assert [change.sentence for change in owned_otherwise(before, after)] == [
        "table public.pets: its owner was postgres, is catalogue_reader"
    ]
    assert [change.sentence for change in reordered(before, after)] == [
        "table public.pets: the order of its columns was id, name, species, born, owner_id, "
        "is id, species, born, owner_id, name"
    ]
    assert recreated(before, after) == (Identity("column", "public", "name", "pets"),)


def test_two_databases_compare_by_name_alone(
    connection: Connection, make_database: Callable[[], str], postgres_server: Server
) -> None:
    connection.execute(SETTING)
    with psycopg.connect(make_database().replace("+psycopg", "")) as other:
        other.execute("CREATE SCHEMA first; DROP SCHEMA first")
        other.execute(SETTING.replace("CREATE ROLE catalogue_reader;", "") + "ALTER TABLE owners RENAME TO keepers")
        here, there = taken(connection), taken(other)
    assert {(str(change.identity), str(change.action)) for change in outermost(difference(here, there))} == {
        ("table public.owners", "dropped"),
        ("table public.keepers", "created"),
    }
    assert digest(here) != digest(there)


@pytest.mark.parametrize("system", ["gateway", "kronos/server"])
def test_real_chains_twice_give_one_digest(system: str, make_database: Callable[[], str]) -> None:
    folder = Path(__file__).parents[3] / "systems" / system
    digests = set()
    for _ in range(2):
        url = make_database()
        subprocess.run(
            [sys.executable, "-m", "alembic", "upgrade", "head"],
            cwd=folder,
            env={**os.environ, "DATABASE_URL": url},
            check=True,
            capture_output=True,
        )
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            catalogue = taken(connection, "alembic_version")
            digests.add(digest(catalogue, order=True))
            tables = {identity.name for identity in catalogue.tables}
            assert "users" in tables and "alembic_version" not in tables
    assert len(digests) == 1
